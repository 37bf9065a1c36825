import IdempotencyHTTP
import NIOHTTP1

/// An answer to what is no proper request, so that no rule of idempotency applies to it (RFC 9457 section 4.2.1).
enum PlainProblem {
    /// The whole answer. `detail` is a text of ours and has nothing to escape.
    static func response(_ status: HTTPResponseStatus, _ detail: String) -> PlainResponse {
        let json =
            #"{"type":"about:blank","title":"\#(status.reasonPhrase)","status":\#(status.code),"detail":"\#(detail)"}"#
        return PlainResponse(
            status: Int(status.code),
            headers: ["Content-Type": "application/problem+json", "Cache-Control": "no-store"], body: Array(json.utf8))
    }
}
