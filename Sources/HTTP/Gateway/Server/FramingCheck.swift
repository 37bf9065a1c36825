import IdempotencyHTTP
import NIOHTTP1

/// Refuses requests that two parsers could read differently, and so every way to smuggle one request inside another.
///
/// The parsers in front of it are strict already; this check says what holds for every version of HTTP, and does not
/// rely on them.
enum FramingCheck {
    /// What is wrong with a request's header, or `nil`.
    static func flaw(in request: IncomingRequest) -> String? {
        let version = request.version
        guard version == .http1_1 || version == .http1_0 else { return "The HTTP version is not 1.1 or 1.0." }
        var lengths = 0
        var encodings = 0
        var hosts = 0
        var expectations = 0
        let flaw = request.head.headers.firstFlaw { name, value -> String? in
            if let flaw = Self.flaw(inField: name, value) { return flaw }
            switch name.count {
            case 14 where FieldName.areEqual(name, "content-length"):
                lengths += 1
                if ContentLength.number(value) == nil { return "Content-Length is no number." }
            case 17 where FieldName.areEqual(name, "transfer-encoding"):
                encodings += 1
                if !FieldName.areEqual(value, "chunked") { return "Transfer-Encoding is not exactly chunked." }
            case 4 where FieldName.areEqual(name, "host"):
                hosts += 1
                if !isHost(value) { return "Host is empty or malformed." }
            case 6 where FieldName.areEqual(name, "expect"):
                expectations += 1
                if !FieldName.areEqual(value, "100-continue") { return "Expect is not exactly 100-continue." }
            default: break
            }
            return nil
        }
        if let flaw { return flaw }
        if expectations > 1 { return "Expect comes twice." }
        if lengths > 1 { return "Content-Length comes twice." }
        if encodings > 1 { return "Transfer-Encoding comes twice." }
        if lengths + encodings > 1 { return "Content-Length and Transfer-Encoding exclude each other." }
        if encodings > 0, version != .http1_1 { return "Transfer-Encoding needs HTTP/1.1." }
        if hosts > 1 { return "Host comes twice." }
        if hosts == 0, version == .http1_1 { return "Host is missing." }
        return Self.flaw(inTarget: request.head)
    }

    /// What is wrong with the trailers of a request, or `nil`: they may not carry what frames, routes, authenticates or
    /// identifies it (RFC 9110 section 6.5.1), as a reader that merges them into the header would see another request.
    static func flaw(inTrailers trailers: Headers, significant: [String]) -> String? {
        if let flaw = trailers.firstFlaw(Self.flaw(inField:_:)) { return flaw }
        for name in trailers.map(\.name) {
            let plain = name.utf8.contains(0x5F) ? name.replacing("_", with: "-") : name
            let isNamed = { (other: String) in FieldName.areEqual(plain, other) }
            if HopByHop.names.contains(where: isNamed) || HopByHop.protected.contains(where: isNamed)
                || significant.contains(where: isNamed) || isNamed("Expect")
            {
                return "A trailer has a name that only the header may have."
            }
        }
        return nil
    }

    /// What is wrong with one header line, or `nil`.
    static func flaw(inField name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) -> String? {
        if !FieldName.isToken(name) { return "A header name has a forbidden character." }
        return FieldName.isSafeValue(value) ? nil : "A header value has a forbidden character."
    }

    private static func flaw(inTarget head: RequestHead) -> String? {
        if head.method == "CONNECT" { return "CONNECT is for proxies; this is none." }
        for byte in head.target.utf8 where byte <= 0x20 || byte >= 0x7F || byte == UInt8(ascii: "#") {
            return "The request target has a forbidden character."
        }
        if head.target.utf8.first == UInt8(ascii: "/") || head.target == "*" && head.method == "OPTIONS" { return nil }
        return "The request target must be a path."
    }

    private static func isHost(_ value: UnsafeRawBufferPointer) -> Bool {
        guard value.allSatisfy({ $0 > 0x20 && $0 < 0x7F && !hostDelimiters.contains($0) }) else { return false }
        // An IPv6 address has its colons in brackets; outside of them there is one at most, before the port.
        var name = value[...]
        if name.first == UInt8(ascii: "[") {
            guard let end = name.firstIndex(of: UInt8(ascii: "]")) else { return false }
            name = name[name.index(after: end)...]
            guard name.isEmpty || name.first == UInt8(ascii: ":") else { return false }
        } else if name.isEmpty || name.first == UInt8(ascii: ":") {
            return false
        }
        guard let colon = name.firstIndex(of: UInt8(ascii: ":")) else { return true }
        let port = name[name.index(after: colon)...]
        return port.count <= 5 && port.allSatisfy { (0x30...0x39).contains($0) }
    }

    private static let hostDelimiters = Array("/?#@,\\\"<>{}|^`".utf8)
}
