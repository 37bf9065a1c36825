import IdempotencyEmbedded

/// The file that keys are kept in. Only its owner may read it.
public struct EncryptionKeyFile: Hashable, Sendable {
    /// Where it lies.
    public let path: String

    /// More is no file of keys: a million shredded scopes would not fit, ten thousand do.
    private static let sizeLimit = 128 << 20

    /// The file at this path.
    public init(path: String) {
        self.path = path
    }

    /// The keys in it.
    ///
    /// - Throws: `EncryptionKeyError` that names the file: it is not there, others may read it, it holds something
    ///   else.
    public func read() throws(EncryptionKeyError) -> EncryptionKeys {
        let bytes = try PrivateFile.read(path, atMost: Self.sizeLimit)
        do throws(EncryptionKeyError) {
            return try EncryptionKeys(json: bytes)
        } catch {
            throw EncryptionKeyError("\(path): \(error.description)")
        }
    }

    /// Makes the file, which must not be there.
    public func create(_ keys: EncryptionKeys) throws(EncryptionKeyError) {
        try whileAlone { () throws(EncryptionKeyError) in
            guard !PrivateFile.exists(path) else {
                throw EncryptionKeyError("\(path) is there already; it was left as it is.")
            }
            try write(keys)
        }
    }

    /// Changes the keys in the file, in one step: after a crash it holds the old ones or the new ones.
    ///
    /// - Throws: `EncryptionKeyError`, also when another program is changing the file; and what `body` throws.
    public func change<Result>(
        _ body: (inout EncryptionKeys) throws(EncryptionKeyError) -> Result
    ) throws(EncryptionKeyError) -> Result {
        try whileAlone { () throws(EncryptionKeyError) in
            var keys = try read()
            let result = try body(&keys)
            try write(keys)
            return result
        }
    }

    private func write(_ keys: EncryptionKeys) throws(EncryptionKeyError) {
        do {
            try SmallFile.replace(path, by: keys.json)
        } catch {
            throw EncryptionKeyError("The file of keys \(path) cannot be written: \(error).")
        }
    }

    /// Keeps others from changing the file meanwhile.
    private func whileAlone<Result>(
        _ body: () throws(EncryptionKeyError) -> Result
    ) throws(EncryptionKeyError) -> Result {
        let lock = path + ".lock"
        try PrivateFile.make(lock)
        defer { PrivateFile.remove(lock) }
        return try body()
    }
}
