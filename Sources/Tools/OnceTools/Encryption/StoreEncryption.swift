import Idempotency
public import IdempotencyEncrypted
public import Logging
public import Metrics

/// What can be done about the encryption of an open store.
public struct StoreEncryption: Sendable {
    private let using: @Sendable (EncryptionKeys) throws -> Void
    private let rotating: @Sendable (@escaping @Sendable (RotationReport) -> Void) async throws -> RotationReport

    fileprivate init<Base: OperableStore>(_ store: EncryptedStore<Base>) {
        using = { keys in try store.use(keys) }
        rotating = { progress in try await store.rotate(pageSize: 500, progress: progress) }
    }

    /// From now on uses these keys.
    public func use(_ keys: EncryptionKeys) throws {
        try using(keys)
    }

    /// Encrypts every record anew with the active key.
    public func rotate(progress: @escaping @Sendable (RotationReport) -> Void) async throws -> RotationReport {
        try await rotating(progress)
    }
}

extension StoreURL {
    /// Opens the store and encrypts what is in it; without keys, as it is.
    ///
    /// - Throws: `StoreError` also if there are no keys and the store holds encrypted records.
    public func open(
        for mode: StoreMode, encryption: LoadedKeys?, metrics: any MetricsFactory = MetricsSystem.factory,
        logger: Logger
    ) async throws -> OpenedStore {
        let opened = try await open(for: mode, metrics: metrics, logger: logger)
        if let encryption { return opened.encrypted(with: encryption.keys) }
        guard hasCheapListings || mode == .maintaining else { return opened }
        do {
            try await Self.refuseEncrypted(in: opened.store)
        } catch {
            await opened.close()
            throw error
        }
        return opened
    }

    /// Nothing would run twice, but every retry would be taken for another request.
    private static func refuseEncrypted(in store: any OperableStore) async throws(StoreError) {
        let page = try await store.records(RecordQuery(limit: 1))
        guard page.entries.contains(where: { EncryptionKeys.areNeeded(for: $0.record) }) else { return }
        throw StoreError(
            .misuse,
            "The records of this store are encrypted. Name the file of their keys with --encryption-keys FILE.",
            effect: .notApplied)
    }
}

extension OpenedStore {
    fileprivate func encrypted(with keys: EncryptionKeys) -> OpenedStore {
        encrypted(store, with: keys)
    }

    private func encrypted<Base: OperableStore>(_ base: Base, with keys: EncryptionKeys) -> OpenedStore {
        let store = EncryptedStore(base, keys: keys)
        return OpenedStore(
            store, promise: promise, encryption: StoreEncryption(store), closing: { await close() })
    }
}
