/// Which pages of other origins may read what a gateway answers by itself (the CORS protocol of the Fetch standard).
///
/// The answers of the server behind it are its own affair: they pass as they are. But a browser hides a refusal or a
/// replay from the page that asked when nothing in it names the page's origin.
public struct CrossOriginRule: Hashable, Sendable {
    /// The origins, each as browsers send it: `https://shop.example`; or `*` alone for all.
    public let origins: [String]

    /// A rule.
    ///
    /// - Parameter origins: `scheme://host[:port]` in lower case and without a path, or `*`.
    /// - Throws: `RuleError.badOrigin` for anything else, and for `*` beside others.
    public init(origins: [String]) throws(RuleError) {
        for origin in origins where !Self.isOrigin(origin) && (origin != "*" || origins.count > 1) {
            throw .badOrigin(origin)
        }
        self.origins = origins
    }

    /// Lets the page that asked read an answer, if its origin is listed. Leave that the answer has already stands.
    ///
    /// No credentials are allowed here: whether a page may read an answer that was given to its user's session is for
    /// the server behind to say.
    public func grant(_ headers: inout Headers, to origin: String?) {
        guard let origin, !headers.contains("Access-Control-Allow-Origin"), let allowed = leave(for: origin) else {
            return
        }
        headers.append("Access-Control-Allow-Origin", allowed)
        if allowed != "*" { headers.append("Vary", "Origin") }
        headers.append("Access-Control-Expose-Headers", Self.exposed)
    }

    /// Lets a page that may ask at all send the key, in the answer to its preflight: a server that knows nothing of
    /// keys does not list it.
    ///
    /// - Parameters:
    ///   - headers: The answer of the server, which is left alone unless it allows this origin.
    ///   - name: The header of the key.
    ///   - origin: The `Origin` of the preflight.
    ///   - asked: Its `Access-Control-Request-Headers`.
    public func allowKey(_ headers: inout Headers, named name: String, to origin: String?, asked: [Substring]) {
        guard let origin, leave(for: origin) != nil, headers.contains("Access-Control-Allow-Origin"),
            asked.contains(where: { FieldName.areEqual($0, name) })
        else { return }
        let allowed = headers.tokens(of: "Access-Control-Allow-Headers").map(String.init)
        guard !allowed.contains(where: { FieldName.areEqual($0, name) }) else { return }
        headers.set("Access-Control-Allow-Headers", (allowed + [name]).joined(separator: ", "))
    }

    private func leave(for origin: String) -> String? {
        if origins.first == "*" { return "*" }
        return origins.contains(origin) ? origin : nil
    }

    private static let exposed = [FieldName.replayed, FieldName.replayStripped, "Retry-After"].joined(separator: ", ")

    private static func isOrigin(_ text: String) -> Bool {
        guard let scheme = ["https://", "http://"].first(where: { text.hasPrefix($0) }) else { return false }
        let host = text.dropFirst(scheme.count).utf8
        let isPlain = { (byte: UInt8) in
            (0x61...0x7A).contains(byte) || (0x30...0x39).contains(byte) || "-.:[]_".utf8.contains(byte)
        }
        return !host.isEmpty && host.allSatisfy(isPlain)
    }
}

extension PlainResponse {
    /// The same answer, readable for the page that asked if the rule allows that.
    public func readable(by origin: String?, under rule: CrossOriginRule?) -> PlainResponse {
        guard let rule else { return self }
        var response = self
        rule.grant(&response.headers, to: origin)
        return response
    }
}
