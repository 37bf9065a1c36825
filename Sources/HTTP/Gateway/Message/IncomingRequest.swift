import IdempotencyHTTP
import NIOHTTP1

/// What stands before the body of a request, as a client has sent it. An object, since it goes from hand to hand.
final class IncomingRequest {
    /// The version of HTTP that it came by, or that its framing is to be read as.
    let version: HTTPVersion
    var head: RequestHead

    init(_ method: String, _ target: String, _ headers: Headers = [:], version: HTTPVersion = .http1_1) {
        self.version = version
        head = RequestHead(method: method, target: target, headers: headers)
    }
}
