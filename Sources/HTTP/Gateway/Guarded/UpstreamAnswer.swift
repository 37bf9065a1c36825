import IdempotencyHTTP
import NIOCore
import NIOHTTP1

/// An answer of the upstream as far as it has come.
struct UpstreamAnswer {
    let status: HTTPResponseStatus
    /// All its headers, those for the gateway included.
    let headers: Headers
    var body = ByteBuffer()
    /// The fields behind the body. The first caller gets them; they are not kept.
    var trailers: Headers?

    init(_ head: AnswerHead) {
        status = head.status
        headers = head.headers
    }

    /// The length of the body as announced, or `nil` when its end will tell.
    var announcedLength: Int? { headers.announcedLength }

    /// Why the answer cannot be gathered and stored, as far as its header tells.
    func tombstoneReason(under settings: RouteSettings) -> Tombstone.Reason? {
        if !settings.keepsAnswers { return .routeMarked }
        if let type = headers["Content-Type"], type.lowercased().hasPrefix("text/event-stream") { return .stream }
        if let announcedLength, announcedLength > settings.maximumResponse { return .tooLarge }
        return nil
    }

    /// What is stored of a whole answer.
    func stored(under settings: RouteSettings) -> StoredAnswer {
        .response(
            settings.replay.stored(
                status: Int(status.code), headers: headers, body: Array(body.readableBytesView)[...],
                hasTrailers: trailers != nil))
    }
}
