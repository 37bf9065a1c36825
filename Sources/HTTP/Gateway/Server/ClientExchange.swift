import IdempotencyHTTP
import NIOCore
import NIOHTTP1

/// One request of a client and the way back for its answer, whatever version of HTTP carries them.
///
/// What a request's work sees of its client. All calls come on the connection's event loop. Once the end of the answer
/// was sent, or the answer was broken off, or the work was told that the client is gone, no further call has an effect.
protocol ClientExchange: AnyObject {
    /// What belongs to the event loop of the connection.
    var loop: GatewayLoop { get }
    /// Whom the verified certificate of the client names; `nil` when it has shown none.
    var caller: String? { get }
    /// Who sent it, as far as the connection tells.
    var peer: ClientPeer { get }
    /// Whether the client takes more of the answer now.
    var isWritable: Bool { get }
    /// The client's connection, if it can be switched to another protocol now.
    var switchable: (any SwitchableClient)? { get }
    /// Stops or resumes reading the request.
    func holdReads(_ hold: Bool)
    /// Sets the time by which the request must have gone on.
    func expectProgress(within time: TimeAmount)
    /// Sets the time by which the request must have gone on.
    func expectProgress(until deadline: NIODeadline)
    /// Lets another work go on with the request.
    func handOver(to work: any RequestWork)
    /// Sends an interim answer (1xx).
    func inform(_ status: HTTPResponseStatus, _ headers: Headers)
    /// Sends the header of the answer, framed as the request allows.
    func send(_ status: HTTPResponseStatus, _ headers: Headers)
    /// Sends a piece of the answer's body.
    func send(_ body: ByteBuffer)
    /// Sends a piece of the answer's body; `done` is called once nothing here holds it any more, sent or not.
    func send(_ body: ByteBuffer, done: @escaping () -> Void)
    /// Sends the end of the answer and hands everything to the network; the work is done.
    func sendEnd(trailers: Headers?)
    /// Hands what was sent to the network.
    func flush()
    /// Breaks the answer off, so that the client sees that it is not complete.
    func breakOff()
}

extension ClientExchange {
    /// Sends an interim answer (1xx) without headers.
    func inform(_ status: HTTPResponseStatus) {
        inform(status, [:])
    }

    /// A stream of HTTP/2 stays one.
    var switchable: (any SwitchableClient)? { nil }

    /// Where what waits to be sent is counted already.
    func send(_ body: ByteBuffer, done: @escaping () -> Void) {
        send(body)
        done()
    }

    /// Sends the end of an answer without trailers.
    func sendEnd() {
        sendEnd(trailers: nil)
    }

    /// Sends a whole answer of the gateway itself.
    func send(_ response: PlainResponse) {
        var headers = response.headers
        headers.append("Content-Length", String(response.body.count))
        headers.append("Date", loop.date)
        send(HTTPResponseStatus(statusCode: response.status), headers)
        send(ByteBuffer(bytes: response.body))
        sendEnd()
    }
}
