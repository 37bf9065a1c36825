import Idempotency

extension Contender {
    /// The same, with the expired records of a store being removed meanwhile: 200 at a time with rests of five
    /// milliseconds, as `SweepService` does, and every 100 milliseconds instead of every minute.
    func sweeping(_ store: any SweepingStore) -> Contender {
        Contender(name) { [measure] in
            try await withThrowingTaskGroup(of: Int.self) { group in
                group.addTask { try await Self.sweep(store) }
                var sample = try await measure()
                group.cancelAll()
                sample.swept = try await group.next() ?? 0
                return sample
            }
        }
    }

    private static func sweep(_ store: any SweepingStore) async throws -> Int {
        var removed = 0
        while !Task.isCancelled {
            let count = try await store.sweep(limit: 200)
            removed += count
            try? await Task.sleep(for: count < 200 ? .milliseconds(100) : .milliseconds(5))
        }
        return removed
    }
}

extension OpenedEmbeddedStore {
    /// Removes all that expired until now, or that executions have left: no backlog disturbs what is measured next.
    func sweepAll() async throws {
        try await Task.sleep(for: ScaleGroup.retention)
        while try await store.sweep(limit: 200) == 200 {}
    }
}
