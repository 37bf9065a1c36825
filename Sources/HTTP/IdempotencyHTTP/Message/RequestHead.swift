/// What stands before the body of a request.
public struct RequestHead: Hashable, Sendable {
    /// The method, as sent.
    public var method: String
    /// The request target: `/payments?dry=1`, or the absolute form (RFC 9112 section 3.2).
    public var target: String
    /// The header lines.
    public var headers: Headers

    /// A request head.
    public init(method: String, target: String, headers: Headers = Headers()) {
        self.method = method
        self.target = target
        self.headers = headers
    }

    /// The path, as sent: not decoded, not normalised. `/` when the target has none.
    public var path: Substring {
        let path = afterAuthority.cut(at: 0x3F).before
        return path.isEmpty ? "/" : path
    }

    /// What follows the first question mark, or `nil` when there is none.
    public var query: Substring? {
        afterAuthority.cut(at: 0x3F).behind
    }

    private var afterAuthority: Substring {
        guard target.utf8.first != 0x2F, let scheme = target.utf8.firstIndex(of: 0x3A) else { return target[...] }
        let afterScheme = target[scheme...]
        guard afterScheme.utf8.starts(with: "://".utf8) else { return target[...] }
        let authority = afterScheme.utf8.dropFirst(3)
        guard let end = authority.firstIndex(where: { $0 == 0x2F || $0 == 0x3F }) else { return "" }
        return target[end...]
    }
}
