/// Limits on what stands before a request's body; the limits on bodies belong to the route.
public struct RequestLimits: Hashable, Sendable {
    /// The number of header lines; 100, as with most servers.
    public var headerCount = 100
    /// The bytes of all header names and values together; 16 KiB.
    public var headerBytes = 16 << 10
    /// The bytes of the request target; 8 KiB (RFC 9112 section 3 asks for at least 8000).
    public var targetBytes = 8 << 10

    /// The default limits.
    public init() {}

    /// Whether a request head stays within the limits; one that does not is answered with 431 or 414.
    public func status(exceededBy head: RequestHead) -> Int? {
        if head.target.utf8.count > targetBytes { return 414 }
        guard head.headers.count <= headerCount else { return 431 }
        let bytes = head.headers.messageBytes - 4 * head.headers.count
        return bytes > headerBytes ? 431 : nil
    }
}
