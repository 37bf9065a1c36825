import IdempotencyHTTP
import NIOCore
import NIOHTTP1

extension HTTP1Connection {
    /// Sends an interim answer (1xx).
    func inform(_ status: HTTPResponseStatus, _ headers: Headers) {
        guard let context, answer == .due, request?.version == .http1_1 else { return }
        outbox.begin(AnswerHead(status: status, headers: headers))
        outbox.flush(on: context)
    }

    /// Sends the header of the answer, framed as the request allows.
    func send(_ status: HTTPResponseStatus, _ headers: Headers) {
        guard let request, answer == .due else { return }
        answer = .begun
        var head = AnswerHead(status: status, headers: headers)
        if ResponseFraming.frame(&head, for: request) || !requestComplete || loop.isDraining {
            closesAfterAnswer = true
        }
        if closesAfterAnswer { head.headers.set("Connection", "close") }
        outbox.begin(head)
    }

    /// Sends a piece of the answer's body.
    func send(_ body: ByteBuffer) {
        guard let context, answer == .begun, body.readableBytes > 0, request?.isHead == false else { return }
        outbox.add(body, on: context)
    }

    /// Sends a piece of the answer's body; `done` is called once it is written, or never will be.
    func send(_ body: ByteBuffer, done: @escaping () -> Void) {
        guard let context, answer == .begun, body.readableBytes > 0, request?.isHead == false else { return done() }
        let promise = context.eventLoop.makePromise(of: Void.self)
        promise.futureResult.assumeIsolated().whenComplete { _ in done() }
        outbox.add(body, promise: promise, on: context)
    }

    /// Sends the end of the answer and hands everything to the network; the work is done.
    func sendEnd(trailers: Headers?) {
        guard let context, answer == .begun else { return }
        answer = .complete
        work = nil
        outbox.end(trailers: trailers)
        guard closesAfterAnswer else {
            outbox.flush(on: context)
            isBehind = !context.channel.isWritable
            return isBehind ? () : goOn(context)
        }
        _ = reading.hold(false)
        if requestComplete {
            expectProgress(within: loop.times.stall)
            closeAfterSending()
        } else {
            // Closing with unread bytes would reset the connection and take the answer away from the client.
            // The client learns at once that no more comes, and the gateway goes on taking what it still sends.
            discardable = Self.lingeringBytes
            expectProgress(within: Self.lingeringTime)
            outbox.flush(on: context)
            context.close(mode: .output, promise: nil)
            context.read()
        }
    }

    /// Takes the next request, which may be here already.
    func goOn(_ context: ChannelHandlerContext) {
        deadline = .now() + loop.times.keepAlive
        if reading.hold(false) { context.read() }
        takeRequests()
        if input.resumes() { read(context: context) }
    }

    /// Hands what was sent to the network.
    func flush() {
        if let context { outbox.flush(on: context) }
    }

    /// Breaks the answer off, so that the client sees that it is not complete.
    func breakOff() {
        work = nil
        close()
    }

    /// Answers with a refusal of the gateway itself and ends the connection.
    func refuse(_ status: HTTPResponseStatus, _ detail: String) {
        loseClient()
        guard answer == .due else { return close() }
        closesAfterAnswer = true
        send(PlainProblem.response(status, detail))
    }

    private static var lingeringBytes: Int { 1 << 20 }
    private static var lingeringTime: TimeAmount { .seconds(2) }
}
