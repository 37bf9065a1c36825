import Idempotency

extension Contender {
    /// The same, with the expired records of a store being removed meanwhile: 200 at a time with rests of five
    /// milliseconds, as `SweepService` does, and every 100 milliseconds instead of every minute.
    func sweeping(_ store: any SweepingStore) -> Contender {
        Contender(name) { [measure] in
            try await withThrowingTaskGroup(of: Int.self) { group in
                group.addTask { try await Sweeper.sweep(store) }
                var sample = try await measure()
                group.cancelAll()
                sample.swept = try await group.next() ?? 0
                return sample
            }
        }
    }
}

/// Removes expired records until it is cancelled.
enum Sweeper {
    /// 200 at a time with rests of five milliseconds, and of 100 where there was less to do; how many.
    static func sweep(_ store: any SweepingStore) async throws -> Int {
        var removed = 0
        while !Task.isCancelled {
            let count = try await store.sweep(limit: 200)
            removed += count
            try? await Task.sleep(for: count < 200 ? .milliseconds(100) : .milliseconds(5))
        }
        return removed
    }
}
