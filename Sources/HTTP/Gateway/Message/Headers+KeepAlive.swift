import IdempotencyHTTP
import NIOHTTP1

extension Headers {
    /// Whether another message may follow on the connection (RFC 9112 section 9.3).
    func keepsAlive(in version: HTTPVersion) -> Bool {
        guard contains("Connection") else { return version == .http1_1 }
        let options = tokens(of: "Connection")
        let isNamed = { (name: String) in options.contains { FieldName.areEqual($0, name) } }
        if isNamed("close") { return false }
        return version == .http1_1 || isNamed("keep-alive")
    }

    /// The length of the body, as far as it is told by a plain number.
    var announcedLength: Int? {
        withValue(of: "Content-Length") { ContentLength.number($0) } ?? nil
    }
}
