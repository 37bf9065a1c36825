import Crypto
import Idempotency
import Synchronization

/// The keys that are in use, and what was derived from them lately: the way to the key of a scope is 64 steps long.
final class Keychain: Sendable {
    private struct Place: Hashable {
        let key: String
        let scope: ScopeName
    }

    let keys: EncryptionKeys
    let active: EncryptionKey
    private let all: [String: EncryptionKey]
    private let scopes: Mutex<LeastRecentlyUsed<Place, KeyedHash?>>

    /// How many scope keys are kept: some megabytes.
    private static let cacheLimit = 10_000

    init(_ keys: EncryptionKeys) {
        guard let active = keys[keys.activeID] else { preconditionFailure("a ring holds its active key") }
        self.keys = keys
        self.active = active
        all = Dictionary(uniqueKeysWithValues: keys.keys.map { ($0.id, $0) })
        scopes = Mutex(LeastRecentlyUsed(countLimit: Self.cacheLimit, sizeLimit: .max))
    }

    subscript(id: String) -> EncryptionKey? { all[id] }

    /// The key of a record of a scope, or `nil` if the scope was shredded.
    ///
    /// Every record has a key of its own, so that no key ever encrypts more than the few states of one record.
    func key(of record: RecordID, in scope: ScopeName, under key: EncryptionKey) -> SymmetricKey? {
        scopeKey(scope, key)?.expanded(for: "once record", record.digest.bytes)
    }

    private func scopeKey(_ scope: ScopeName, _ key: EncryptionKey) -> KeyedHash? {
        let place = Place(key: key.id, scope: scope)
        if let known = scopes.withLock({ $0.value(for: place) }) { return known }
        let derived = key.key(of: scope).map { KeyedHash($0) }
        scopes.withLock { $0.insert(derived, size: 1, for: place) }
        return derived
    }
}
