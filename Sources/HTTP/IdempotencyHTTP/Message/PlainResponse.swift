/// A whole answer that this module makes itself: a refusal, the published policy.
public struct PlainResponse: Hashable, Sendable {
    /// The HTTP status.
    public var status: Int
    /// All headers but `Content-Length` and `Date`.
    public var headers: Headers
    /// The body.
    public var body: [UInt8]

    /// A whole answer.
    public init(status: Int, headers: Headers, body: [UInt8]) {
        self.status = status
        self.headers = headers
        self.body = body
    }
}
