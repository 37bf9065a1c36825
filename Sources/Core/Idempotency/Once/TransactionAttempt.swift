/// One try at an operation within a transaction, as the operation sees it.
public struct TransactionAttempt: Hashable, Sendable {
    /// Which key, as stores and logs know it.
    public let id: RecordID
    /// The fence; strictly grows with every claim of the key.
    public let fence: Fence

    package init(id: RecordID, fence: Fence) {
        self.id = id
        self.fence = fence
    }

    /// A key for a system that is called after the commit, by an outbox say: the same in every attempt under the same
    /// key, another for every name.
    public func derivedKey(_ name: String) -> String {
        DerivedKey.make(id, name: name)
    }
}
