import Crypto
public import Idempotency

/// The keys of an encrypted store: one that is written with, and older ones that are only read with.
public struct EncryptionKeys: Sendable {
    /// What to do about a record that was written before encryption was switched on.
    public enum Plaintext: String, Hashable, Sendable, CaseIterable {
        /// It is an error: whoever can write to the store could pass off anything as an answer.
        case refuse
        /// It is read as it is; `rotate` encrypts it. For the time of the change only.
        case accept
    }

    /// The keys, newest last.
    public private(set) var keys: [EncryptionKey]
    /// The id of the key that everything new is encrypted with.
    public private(set) var activeID: String
    /// What to do about records that are not encrypted.
    public var plaintext: Plaintext
    /// What the pseudonyms of scopes and keys are made with; never changes during the life of a store.
    let names: KeyedHash

    /// A new ring with one key.
    ///
    /// - Throws: `EncryptionKeyError` if the id is not allowed.
    public init(generating id: String, plaintext: Plaintext = .refuse) throws(EncryptionKeyError) {
        try self.init(keys: [], activeID: id, plaintext: plaintext, names: SymmetricKey(size: .bits256), isNew: true)
        try generate(id)
    }

    /// A ring that was read.
    init(keys: [EncryptionKey], activeID: String, plaintext: Plaintext, names: SymmetricKey)
        throws(EncryptionKeyError)
    {
        try self.init(keys: keys, activeID: activeID, plaintext: plaintext, names: names, isNew: false)
    }

    private init(
        keys: [EncryptionKey], activeID: String, plaintext: Plaintext, names: SymmetricKey, isNew: Bool
    ) throws(EncryptionKeyError) {
        guard isNew || keys.contains(where: { $0.id == activeID }) else {
            throw EncryptionKeyError(
                "The active key \"\(activeID)\" is not among the keys. Allowed: "
                    + keys.map(\.id).joined(separator: ", ") + ".")
        }
        guard Set(keys.map(\.id)).count == keys.count else {
            throw EncryptionKeyError("Two keys have the same id; every id may be there once.")
        }
        self.keys = keys
        self.activeID = activeID
        self.plaintext = plaintext
        self.names = KeyedHash(names)
    }

    /// Adds a random key and makes it the active one.
    ///
    /// - Throws: `EncryptionKeyError` if the id is not allowed or taken.
    public mutating func generate(_ id: String) throws(EncryptionKeyError) {
        try Self.check(id)
        guard self[id] == nil else {
            throw EncryptionKeyError("There is a key \"\(id)\" already; every id may be there once.")
        }
        keys.append(EncryptionKey(id: id, secret: SymmetricKey(size: .bits256)))
        activeID = id
    }

    /// Takes a key out, which no record may carry any more.
    ///
    /// - Throws: `EncryptionKeyError` if there is none, or it is the active one.
    public mutating func remove(_ id: String) throws(EncryptionKeyError) {
        guard self[id] != nil else {
            throw EncryptionKeyError(
                "There is no key \"\(id)\". Allowed: " + keys.map(\.id).joined(separator: ", ") + ".")
        }
        guard id != activeID else {
            throw EncryptionKeyError("\"\(id)\" is the active key; generate another one first, then rotate.")
        }
        keys.removeAll { $0.id == id }
    }

    /// Makes the records of a scope unreadable for ever, as far as they were written with the keys of this ring.
    ///
    /// - Parameter scope: The name of the scope, as listings show it.
    /// - Returns: Whether anything has changed: `false` if the scope was shredded under all keys already.
    public mutating func shred(scope: String) -> Bool {
        let name = ScopeName(scope, names: names)
        var isChanged = false
        for index in keys.indices where keys[index].shred(name) { isChanged = true }
        return isChanged
    }

    /// Whether a record, as it lies in a store, is encrypted.
    public static func areNeeded(for record: Record) -> Bool {
        record.fingerprint.algorithm == Sealer.algorithm
    }

    /// The key of this id.
    subscript(id: String) -> EncryptionKey? { keys.first { $0.id == id } }

    /// Whether `other` may take the place of these keys while a store is open: it must give the same pseudonyms.
    public func belongsTogether(with other: EncryptionKeys) -> Bool { names == other.names }

    static func check(_ id: String) throws(EncryptionKeyError) {
        guard EncryptionKey.isAllowed(id: id) else {
            throw EncryptionKeyError(
                "\"\(id)\" is no id of a key. Allowed: 1 to 32 letters, digits, dots, hyphens and underscores.")
        }
    }
}

/// What is wrong with keys or the file that holds them, and what is allowed.
public struct EncryptionKeyError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What is wrong and what is allowed.
    public let description: String

    package init(_ description: String) {
        self.description = description
    }

    static let ofAnotherStore = EncryptionKeyError(
        "These keys have other \"names\": they belong to another store. Nothing was changed.")
}
