import IdempotencyHTTP
import NIOHTTP1

/// Refuses requests that two parsers could read differently, and so every way to smuggle one request inside another.
///
/// The parser in front of it is strict already; this check says what the parser lets through and does not rely on it.
enum FramingCheck {
    /// What is wrong with a request's header, or `nil`.
    static func flaw(in head: HTTPRequestHead) -> String? {
        guard head.version == .http1_1 || head.version == .http1_0 else { return "The HTTP version is not 1.1 or 1.0." }
        var lengths = 0
        var encodings = 0
        var hosts = 0
        for (name, value) in head.headers {
            if let flaw = flaw(inField: name, value) { return flaw }
            switch name.utf8.count {
            case 14 where FieldName.areEqual(name, "content-length"):
                lengths += 1
                if !isLength(value) { return "Content-Length is no number." }
            case 17 where FieldName.areEqual(name, "transfer-encoding"):
                encodings += 1
                if !FieldName.areEqual(value, "chunked") { return "Transfer-Encoding is not exactly chunked." }
            case 4 where FieldName.areEqual(name, "host"):
                hosts += 1
                if !isHost(value) { return "Host is empty or malformed." }
            default: break
            }
        }
        if lengths > 1 { return "Content-Length comes twice." }
        if encodings > 1 { return "Transfer-Encoding comes twice." }
        if lengths + encodings > 1 { return "Content-Length and Transfer-Encoding exclude each other." }
        if encodings > 0, head.version != .http1_1 { return "Transfer-Encoding needs HTTP/1.1." }
        if hosts > 1 { return "Host comes twice." }
        if hosts == 0, head.version == .http1_1 { return "Host is missing." }
        return flaw(inTarget: head)
    }

    /// What is wrong with one header line, or `nil`.
    static func flaw(inField name: String, _ value: String) -> String? {
        if !FieldName.isToken(name) { return "A header name has a forbidden character." }
        for byte in value.utf8 where byte < 0x20 && byte != 0x09 || byte == 0x7F {
            return "A header value has a forbidden character."
        }
        return nil
    }

    private static func flaw(inTarget head: HTTPRequestHead) -> String? {
        if head.method == .CONNECT { return "CONNECT is for proxies; this is none." }
        for byte in head.uri.utf8 where byte <= 0x20 || byte >= 0x7F || byte == UInt8(ascii: "#") {
            return "The request target has a forbidden character."
        }
        if head.uri.utf8.first == UInt8(ascii: "/") || head.uri == "*" && head.method == .OPTIONS { return nil }
        return "The request target must be a path."
    }

    private static func isLength(_ value: String) -> Bool {
        !value.isEmpty && value.utf8.count <= 18 && value.utf8.allSatisfy { (0x30...0x39).contains($0) }
    }

    private static func isHost(_ value: String) -> Bool {
        !value.isEmpty && value.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && !hostDelimiters.contains($0) }
    }

    private static let hostDelimiters = Array("/?#@,\\\"<>{}|^`".utf8)
}
