import Synchronization

/// Wakes those who wait for a key.
package final class Bell: Sendable {
    private struct Waiting {
        var next: UInt64 = 0
        var waiters: [RecordID: [UInt64: CheckedContinuation<Void, Never>]] = [:]
    }

    private let waiting = Mutex(Waiting())

    /// A bell for which nobody waits.
    package init() {}

    /// Wakes all who wait for `id`.
    package func strike(_ id: RecordID) {
        let waiters = waiting.withLock { $0.waiters.isEmpty ? nil : $0.waiters.removeValue(forKey: id) }
        for waiter in (waiters ?? [:]).values { waiter.resume() }
    }

    /// Wakes everybody.
    package func strikeAll() {
        let all = waiting.withLock { waiting in
            defer { waiting.waiters = [:] }
            return waiting.waiters
        }
        for waiters in all.values { for waiter in waiters.values { waiter.resume() } }
    }

    /// Waits for the next strike for `id`, or until the task is cancelled.
    package func ring(for id: RecordID) async {
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
