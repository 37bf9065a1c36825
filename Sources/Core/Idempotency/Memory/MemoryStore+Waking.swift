import Synchronization

extension MemoryStore: WakingStore {
    /// Returns when the record of this key has changed, when `limit` is over, or when the task is cancelled.
    public func change(of id: RecordID, within limit: Duration) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.bell.ring(for: id) }
            group.addTask { try? await Task.sleep(for: limit) }
            await group.next()
            group.cancelAll()
        }
    }
}

/// Wakes those who wait for a key.
final class Bell: Sendable {
    private struct Waiting {
        var next: UInt64 = 0
        var waiters: [RecordID: [UInt64: CheckedContinuation<Void, Never>]] = [:]
    }

    private let waiting = Mutex(Waiting())

    /// Wakes all who wait for `id`.
    func strike(_ id: RecordID) {
        let waiters = waiting.withLock { $0.waiters.isEmpty ? nil : $0.waiters.removeValue(forKey: id) }
        for waiter in (waiters ?? [:]).values { waiter.resume() }
    }

    /// Waits for the next strike for `id`, or until the task is cancelled.
    func ring(for id: RecordID) async {
        let number = waiting.withLock { waiting in
            waiting.next += 1
            return waiting.next
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { waiter in
                let isRefused = waiting.withLock { waiting in
                    if Task.isCancelled { return true }
                    waiting.waiters[id, default: [:]][number] = waiter
                    return false
                }
                if isRefused { waiter.resume() }
            }
        } onCancel: {
            let waiter = waiting.withLock { waiting in
                let waiter = waiting.waiters[id]?.removeValue(forKey: number)
                if waiting.waiters[id]?.isEmpty == true { waiting.waiters[id] = nil }
                return waiter
            }
            waiter?.resume()
        }
    }
}
