public import Idempotency

/// A store with all that the gateway and operators need.
public typealias OperableStore = SubmittingStore & ListingStore & SweepingStore

/// A store that was opened by its URL.
public struct OpenedStore: Sendable {
    /// The store.
    public let store: any OperableStore
    /// What it promises, in a sentence, for operators.
    public let promise: String
    /// How its records are encrypted, if they are.
    public let encryption: StoreEncryption?
    private let closing: @Sendable () async -> Void

    init(
        _ store: any OperableStore, promise: String, encryption: StoreEncryption? = nil,
        closing: @escaping @Sendable () async -> Void = {}
    ) {
        self.store = store
        self.promise = promise
        self.encryption = encryption
        self.closing = closing
    }

    /// Gives back what it holds: files, locks, threads.
    public func close() async {
        await closing()
    }
}
