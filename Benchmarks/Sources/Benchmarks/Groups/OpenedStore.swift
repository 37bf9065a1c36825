import Idempotency

/// An open store.
struct OpenedStore {
    /// What the benchmarks need of a store.
    typealias Store = ListingStore & SubmittingStore & SweepingStore

    let store: any Store
    private let closing: () async -> Void

    init(store: any Store, closing: @escaping () async -> Void) {
        self.store = store
        self.closing = closing
    }

    func close() async { await closing() }
}
