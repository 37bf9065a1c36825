/// The pseudo-headers of a request (RFC 9113 section 8.3.1).
struct HTTP2ControlData {
    private var method: String?
    private var scheme: String?
    private var authority: String?
    private var path: String?

    /// Takes the next pseudo-header.
    ///
    /// - Throws: `HTTP2Request.Flaw` for one that is not known, or comes again.
    mutating func take(_ name: String, _ value: String) throws(HTTP2Request.Flaw) {
        switch name {
        case ":method": try Self.set(&method, value)
        case ":scheme": try Self.set(&scheme, value)
        case ":authority": try Self.set(&authority, value)
        case ":path": try Self.set(&path, value)
        default: throw HTTP2Request.Flaw("A pseudo-header is not known.")
        }
    }

    /// What stands in the request line of HTTP/1.1, and the authority if there is one.
    ///
    /// - Throws: `HTTP2Request.Flaw` when something is missing or malformed. Host and target are checked with the
    ///   header.
    func requestLine() throws(HTTP2Request.Flaw) -> (method: String, path: String, authority: String?) {
        guard let method, RequestStart.isMethod(method.utf8) else {
            throw HTTP2Request.Flaw("The method is missing or malformed.")
        }
        if method == "CONNECT" { throw HTTP2Request.Flaw("CONNECT is for proxies; this is none.") }
        guard scheme == "https" || scheme == "http" else { throw HTTP2Request.Flaw("The scheme is not http or https.") }
        guard let path else { throw HTTP2Request.Flaw("The path is missing.") }
        return (method, path, authority)
    }

    private static func set(_ part: inout String?, _ value: String) throws(HTTP2Request.Flaw) {
        guard part == nil else { throw HTTP2Request.Flaw("A pseudo-header comes twice.") }
        part = value
    }
}
