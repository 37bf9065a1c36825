public import IdempotencyEncrypted

/// The keys that records are encrypted with, and the file that they were read from.
public struct LoadedKeys: Sendable, CustomStringConvertible {
    /// The file.
    public let file: EncryptionKeyFile
    /// What was in it.
    public let keys: EncryptionKeys

    /// Reads a file.
    ///
    /// - Throws: `EncryptionKeyError` that says what is wrong with it.
    public init(path: String) throws(EncryptionKeyError) {
        file = EncryptionKeyFile(path: path)
        keys = try file.read()
    }

    /// The active key and the file, without a secret.
    public var description: String { "key \(keys.activeID) of \(file.path)" }

    /// Whether a gateway may go on with other keys while it runs.
    static func maySucceed(_ old: LoadedKeys?, _ new: LoadedKeys?) -> Bool {
        switch (old, new) {
        case (nil, nil): true
        case (let old?, let new?): new.keys.belongsTogether(with: old.keys)
        case (nil, _?), (_?, nil): false
        }
    }
}

extension Setting where Value == LoadedKeys {
    /// A file of keys.
    public static var encryptionKeys: Setting {
        Setting("the path of a file that 'once encryption generate' has made") { path in
            do throws(EncryptionKeyError) {
                return try LoadedKeys(path: path)
            } catch {
                throw Unreadable(error.description)
            }
        }
    }
}
