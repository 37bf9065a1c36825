/// A summary of what was asked: tells a retry from another request under the same key.
public struct Fingerprint: Hashable, Sendable {
    /// The version of the algorithm that made it. A record keeps it, so that an upgraded program still recognises the
    /// requests that an older one stored.
    public let algorithm: UInt8
    /// SHA-256 or HMAC-SHA-256 over what was asked.
    public let digest: Digest

    /// A fingerprint made by `algorithm`.
    public init(algorithm: UInt8, digest: Digest) {
        self.algorithm = algorithm
        self.digest = digest
    }
}
