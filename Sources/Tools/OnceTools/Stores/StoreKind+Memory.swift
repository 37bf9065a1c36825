import Idempotency

extension StoreKind {
    /// Records in the memory of this process.
    static let memory = StoreKind("memory", form: "memory:") { rest, mode, _ in
        guard rest.isEmpty else { throw UsageError("memory: has nothing behind its colon.") }
        guard case .serving = mode else {
            throw UsageError(
                "memory: lives inside the process that serves, so there is nothing to look at from outside; use the "
                    + "keys API of its admin listener.")
        }
        return OpenedStore(
            MemoryStore(),
            promise: "Records are lost when this process ends: a retry after that runs its operation again.")
    }
}
