import HTTPTypes
import Hummingbird
import IdempotencyHTTP
import NIOCore

extension Response {
    /// A refusal as an answer.
    init(_ refusal: PlainResponse) {
        self.init(
            status: .init(code: refusal.status), headers: HTTPFields(refusal.headers),
            body: .init(byteBuffer: ByteBuffer(bytes: refusal.body)))
    }

    /// A stored answer, given again.
    ///
    /// - Parameters:
    ///   - stored: What was kept.
    ///   - policy: What a replay carries.
    ///   - origin: The `Origin` of the request now. Where there is one, the page may read that this is a replay even
    ///     when a CORS middleware in front has yet to add its headers.
    init(replaying stored: StoredResponse, _ policy: ReplayPolicy, origin: String?) {
        var headers = policy.replayHeaders(of: stored, origin: origin)
        if origin != nil, !headers.contains(Self.exposeHeaders) {
            headers.append(Self.exposeHeaders, FieldName.replayed)
        }
        self.init(
            status: .init(code: stored.status), headers: HTTPFields(headers),
            body: .init(byteBuffer: ByteBuffer(bytes: stored.body)))
    }

    private static let exposeHeaders = "Access-Control-Expose-Headers"
}
