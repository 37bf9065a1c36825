import IdempotencyHTTP

/// Requests whose target is a whole URL, as clients send them to proxies; a server must take them as well (RFC 9112
/// section 3.2.2).
///
/// They become what they mean: the path as target, and the URL's authority as `Host`, whatever the `Host` that came
/// said (the same section says so). One reading is left for everybody behind the gateway. What is no proper `http` or
/// `https` URL is left as it is, which the framing check refuses: a user before the host, a port that is no number.
enum AbsoluteForm {
    /// Takes scheme and authority out of the target.
    ///
    /// - Returns: The authority; `nil` when the target has none, and is left as it is.
    static func removeAuthority(from head: inout RequestHead) -> String? {
        guard head.target.utf8.first != UInt8(ascii: "/"), let start = authorityStart(in: head.target) else {
            return nil
        }
        let rest = head.target[start...]
        let end = rest.utf8.firstIndex { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "?") } ?? rest.endIndex
        let authority = rest[..<end]
        guard isAuthority(authority) else { return nil }
        let target = rest[end...]
        if target.isEmpty {
            // Without a path the server as a whole is meant (RFC 9112 section 3.2.4).
            head.target = head.method == "OPTIONS" ? "*" : "/"
        } else {
            head.target = target.utf8.first == UInt8(ascii: "/") ? String(target) : "/" + target
        }
        return String(authority)
    }

    private static func authorityStart(in target: String) -> String.Index? {
        for scheme in ["http://", "https://"] where target.utf8.count > scheme.utf8.count {
            let start = target.utf8.index(target.startIndex, offsetBy: scheme.utf8.count)
            if target[..<start].lowercased() == scheme { return start }
        }
        return nil
    }

    /// A host, and perhaps a port (RFC 3986 section 3.2), without a user (RFC 9110 section 4.2.4).
    private static func isAuthority(_ text: Substring) -> Bool {
        let bytes = text.utf8
        var host = bytes
        let bracket = bytes.lastIndex(of: UInt8(ascii: "]"))
        if let colon = bytes[(bracket ?? bytes.startIndex)...].lastIndex(of: UInt8(ascii: ":")) {
            let port = bytes[bytes.index(after: colon)...]
            guard (1...5).contains(port.count), port.allSatisfy(isDigit) else { return false }
            host = bytes[..<colon]
        }
        if host.first == UInt8(ascii: "[") {
            return host.last == UInt8(ascii: "]") && host.count > 4
                && host.dropFirst().dropLast().allSatisfy { isHex($0) || $0 == UInt8(ascii: ":") || $0 == 0x2E }
        }
        return !host.isEmpty && host.allSatisfy { isDigit($0) || isLetter($0) || "-._~%".utf8.contains($0) }
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
    private static func isLetter(_ byte: UInt8) -> Bool { (0x61...0x7A).contains(byte | 0x20) }
    private static func isHex(_ byte: UInt8) -> Bool { isDigit(byte) || (0x61...0x66).contains(byte | 0x20) }
}
