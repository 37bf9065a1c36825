import Hummingbird
import IdempotencyHTTP

extension RequestHead {
    /// Method and target of a request, without its headers.
    init(lineOf request: Hummingbird.Request) {
        self.init(method: request.method.rawValue, target: request.head.path ?? request.uri.string)
    }

    /// The head of a request. HTTP/1.1's `Host`, which the server keeps apart, is put back.
    init(_ request: Hummingbird.Request) {
        self.init(lineOf: request)
        headers = Headers(request.headers)
        if let authority = request.head.authority, !headers.contains("Host") { headers.append("Host", authority) }
    }
}
