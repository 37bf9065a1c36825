/// What a store looks a record up by: SHA-256 over scope and key, each length-prefixed.
public struct RecordID: Hashable, Sendable, CustomStringConvertible {
    /// The 256 bits.
    public let digest: Digest

    /// Names a record by a digest that was computed before, for example one read back from a store.
    public init(_ digest: Digest) {
        self.digest = digest
    }

    /// 64 lower-case hexadecimal digits; safe to log, as it reveals neither scope nor key.
    public var description: String { digest.description }
}
