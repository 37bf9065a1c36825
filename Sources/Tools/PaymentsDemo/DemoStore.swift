public import Idempotency

/// The store that the demonstration's gateway keeps its records in.
public struct DemoStore: Sendable {
    let store: any RecordStore
    let close: @Sendable () async -> Void

    /// A store that is open.
    ///
    /// - Parameters:
    ///   - store: The store. It must not take what a dead process left running for over before its lease: the payments
    ///     service may go on without the gateway.
    ///   - closing: Gives back what it holds; called once, when the demonstration ends.
    public init(_ store: any RecordStore, closing: @escaping @Sendable () async -> Void) {
        self.store = store
        close = closing
    }
}
