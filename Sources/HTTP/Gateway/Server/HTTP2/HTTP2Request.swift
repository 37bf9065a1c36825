import IdempotencyHTTP
import NIOHPACK
import NIOHTTP1

/// Turns the header of an HTTP/2 request into the HTTP/1.1 header that means the same (RFC 9113 section 8.3), and
/// refuses what would mean something else, or more, once it is written as HTTP/1.1.
///
/// The frame parser in front of it is strict already; this check does not rely on it.
enum HTTP2Request {
    /// Why a request is refused.
    struct Flaw: Error, Equatable {
        let status: HTTPResponseStatus
        let detail: String

        init(_ detail: String, status: HTTPResponseStatus = .badRequest) {
            self.status = status
            self.detail = detail
        }
    }

    /// The header as HTTP/1.1 has it.
    ///
    /// - Parameters:
    ///   - fields: The field section as it came.
    ///   - endsStream: Whether no body follows.
    ///   - limits: How large it may be.
    /// - Throws: `Flaw` when the request is malformed or too large.
    static func head(
        _ fields: HPACKHeaders, endsStream: Bool, limits: GatewayLimits
    ) throws(Flaw) -> IncomingRequest {
        var control = HTTP2ControlData()
        var lines: [(String, String)] = [("Host", "")]
        lines.reserveCapacity(fields.count + 1)
        var host: String?
        var cookie: Int?
        var size = 0
        for (name, value, _) in fields {
            size += name.utf8.count + value.utf8.count
            if name.utf8.first == UInt8(ascii: ":") {
                guard lines.count == 1, host == nil else { throw Flaw("A pseudo-header comes after a header.") }
                try control.take(name, value)
                continue
            }
            try check(name, value)
            switch name {
            case "host":
                guard host == nil else { throw Flaw("Host comes twice.") }
                host = value
            case "cookie":
                // Crumbs of a cookie are one header in HTTP/1.1 (RFC 9113 section 8.2.3).
                if let cookie {
                    // An empty one would end the header in a space, which HTTP/1.1 does not have.
                    if !value.isEmpty { lines[cookie].1 += (lines[cookie].1.isEmpty ? "" : "; ") + value }
                } else {
                    cookie = lines.count
                    lines.append((name, value))
                }
            default: lines.append((name, value))
            }
        }
        let (method, path, authority) = try control.requestLine()
        if let host, let authority, host != authority { throw Flaw("Host and :authority differ.") }
        guard let named = authority ?? host else { throw Flaw("Host and :authority are missing.") }
        lines[0].1 = named
        try check(lines, path: path, size: size, limits: limits)
        frame(&lines, method: method, endsStream: endsStream)
        let request = IncomingRequest(method, path, headers(lines))
        if let flaw = FramingCheck.flaw(in: request) { throw Flaw(flaw) }
        return request
    }

    /// The trailers of a request.
    ///
    /// - Throws: `Flaw` when they are malformed or too large.
    static func trailers(
        _ fields: HPACKHeaders, limits: GatewayLimits, significant: [String]
    ) throws(Flaw) -> Headers {
        var lines: [(String, String)] = []
        var size = 0
        for (name, value, _) in fields {
            size += name.utf8.count + value.utf8.count
            try check(name, value)
            lines.append((name, value))
        }
        try check(lines, path: "", size: size, limits: limits)
        let trailers = headers(lines)
        if let flaw = FramingCheck.flaw(inTrailers: trailers, significant: significant) { throw Flaw(flaw) }
        return trailers
    }

    private static func headers(_ lines: [(String, String)]) -> Headers {
        Headers(lines.map { HeaderField($0.0, $0.1) })
    }

    private static func check(_ name: String, _ value: String) throws(Flaw) {
        if name.utf8.contains(where: { (0x41...0x5A).contains($0) }) { throw Flaw("A header name is not lower case.") }
        if isSpace(value.utf8.first) || isSpace(value.utf8.last) {
            throw Flaw("A header value begins or ends with white space.")
        }
        switch name {
        case "connection", "keep-alive", "proxy-connection", "transfer-encoding", "upgrade":
            throw Flaw("A header of the connection has no place in HTTP/2.")
        case "te" where value != "trailers": throw Flaw("TE may only be trailers in HTTP/2.")
        default: break
        }
    }

    private static func check(
        _ lines: [(String, String)], path: String, size: Int, limits: GatewayLimits
    ) throws(Flaw) {
        let isLong = { (line: (String, String)) in line.0.utf8.count + line.1.utf8.count > limits.headerFieldBytes }
        guard size <= limits.headerBytes, lines.count <= limits.headerFields, !lines.contains(where: isLong),
            path.utf8.count <= limits.headerFieldBytes
        else { throw Flaw("The header of the request is too large.", status: .requestHeaderFieldsTooLarge) }
    }

    /// Says where the body ends, as HTTP/1.1 wants it.
    private static func frame(_ lines: inout [(String, String)], method: String, endsStream: Bool) {
        if lines.contains(where: { $0.0 == "content-length" }) { return }
        if !endsStream {
            lines.append(("Transfer-Encoding", "chunked"))
        } else if ["POST", "PUT", "PATCH"].contains(method) {
            lines.append(("Content-Length", "0"))
        }
    }

    private static func isSpace(_ byte: UInt8?) -> Bool { byte == 0x20 || byte == 0x09 }
}
