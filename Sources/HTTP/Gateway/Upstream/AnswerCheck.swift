import IdempotencyHTTP
import NIOHTTP1

/// Refuses answers of the upstream whose framing two parsers could read differently, as far as the parser before it
/// lets them through: then a client could be told another answer than its own.
enum AnswerCheck {
    /// Whether the header must not be believed: a transfer coding that is not exactly `chunked`, or not in HTTP/1.1, or
    /// with a length; a status that is none.
    static func isFlawed(_ head: HTTPResponseHead) -> Bool {
        guard (100...599).contains(head.status.code) else { return true }
        var lengths = 0
        var codings = 0
        for (name, value) in head.headers {
            switch name.utf8.count {
            case 14 where FieldName.areEqual(name, "content-length"):
                lengths += 1
            case 17 where FieldName.areEqual(name, "transfer-encoding"):
                codings += 1
                if !FieldName.areEqual(value, "chunked") || head.version != .http1_1 { return true }
            default: break
            }
        }
        return lengths + codings > 1
    }

    /// Whether a body may follow although the status has none: then what comes next on the connection is not sure to be
    /// the next answer.
    static func maySayMore(_ head: HTTPResponseHead) -> Bool {
        guard head.status == .noContent else { return false }
        return head.headers.contains(name: "transfer-encoding") || head.headers.contains(name: "content-length")
    }
}
