import NIOCore
import NIOHTTP1

/// One HTTP/1 connection from a client: hands each request to its work, and its work's answer to the client.
final class HTTP1Connection: ChannelDuplexHandler, ClientConnection, ClientExchange {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    /// How far the answer to the present request is.
    enum Answer {
        case due, begun, complete
    }

    let loop: GatewayLoop
    let caller: String?
    private(set) var peer = ClientPeer.unknown
    private(set) var context: ChannelHandlerContext?
    var answer = Answer.complete
    /// What the client sends behind its last request.
    let beyond: BytesBeyond
    /// The present request has been read to its end.
    private var requestComplete = true
    private var request: RequestLine?
    private var work: (any RequestWork)?
    private var reading = ReadGate()
    /// The connection ends after the present answer.
    private var closesAfterAnswer = false
    /// The answer went out before the request was complete: what still comes is thrown away, up to this many bytes.
    private var discardable: Int?
    private var pace: BodyPace?
    private var deadline: NIODeadline
    private var stallDeadline = NIODeadline.distantFuture
    /// The end of an answer that the client has not taken yet, with its trailers.
    private var heldEnd: HTTPHeaders??

    /// - Parameters:
    ///   - deadline: When the header of the first request must be there.
    ///   - caller: Whom the client's certificate names.
    ///   - beyond: What comes behind the last request.
    init(loop: GatewayLoop, deadline: NIODeadline, caller: String?, beyond: BytesBeyond) {
        self.loop = loop
        self.deadline = deadline
        self.caller = caller
        self.beyond = beyond
    }

    /// Whether all of the present request is here.
    var isRequestWhole: Bool { requestComplete && request != nil }

    /// Whether the client takes more of the answer now.
    var isWritable: Bool { context?.channel.isWritable ?? false }

    /// Stops or resumes reading the request.
    func holdReads(_ hold: Bool) {
        if reading.hold(hold) { context?.read() }
    }

    /// Sets the time by which the request must have gone on.
    func expectProgress(within time: TimeAmount) {
        deadline = .now() + time
    }

    /// Sets the time by which the request must have gone on.
    func expectProgress(until deadline: NIODeadline) {
        self.deadline = deadline
    }

    /// Lets another work go on with the present request.
    func handOver(to work: any RequestWork) {
        self.work = work
    }

    /// Sets no time: the request is complete and its work keeps its own.
    func expectNothing() {
        deadline = .distantFuture
    }

    /// Looks whether the client has been silent, or has taken nothing, for too long.
    func tick(now: NIODeadline) {
        if now >= stallDeadline { return close() }
        if answer == .due, !requestComplete, pace?.isTooSlow(now: now, isHeld: reading.isHeld) == true {
            return refuse(.requestTimeout, "The request comes too slowly.")
        }
        guard now >= deadline, !reading.isHeld else { return }
        if answer == .due, !requestComplete {
            refuse(.requestTimeout, "The request did not come to its end in time.")
        } else {
            close()
        }
    }

    /// Ends the connection as soon as the request that it carries, if any, is answered.
    func drain() {
        context?.pipeline.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent())
    }

    /// Ends the connection at once.
    func close() {
        context?.close(promise: nil)
    }

    /// Ends the connection when what was sent is with the network: this may run within the write of the answer.
    private func closeAfterFlush() {
        context?.flush()
        close()
    }

    private func begin(_ head: HTTPRequestHead) {
        var head = head
        let authority = AbsoluteForm.removeAuthority(from: &head)
        request = RequestLine(head)
        closesAfterAnswer = request?.keepsAlive == false
        answer = .due
        requestComplete = false
        expectProgress(within: loop.times.bodySilence)
        let rate = loop.configuration.limits.bodyRate
        pace = rate > 0 ? BodyPace(rate: rate, now: .now()) : nil
        if let flaw = FramingCheck.flaw(in: head) { return refuse(.badRequest, flaw) }
        if let authority { head.headers.replaceOrAdd(name: "Host", value: authority) }
        let work = loop.work(for: head, from: self)
        self.work = work
        work.begin()
    }

    private func endRequest(trailers: HTTPHeaders?) {
        requestComplete = true
        if discardable != nil { return closeAfterFlush() }
        let significant = loop.epoch.plan.significantNames
        if let trailers, let flaw = FramingCheck.flaw(inTrailers: trailers, significant: significant) {
            return refuse(.badRequest, flaw)
        }
        expectNothing()
        work?.receiveEnd(trailers: trailers)
    }

    private func loseClient() {
        let work = work
        self.work = nil
        work?.clientGone()
    }

    private func discard(_ count: Int) {
        guard let left = discardable else { return }
        discardable = left - count
        if left < count { close() }
    }
}

// MARK: - The answer

extension HTTP1Connection {
    /// Sends an interim answer (1xx).
    func inform(_ status: HTTPResponseStatus, _ headers: HTTPHeaders) {
        guard let context, answer == .due, request?.version == .http1_1 else { return }
        context.write(wrapOutboundOut(.head(.init(version: .http1_1, status: status, headers: headers))), promise: nil)
        context.flush()
    }

    /// Sends the header of the answer, framed as the request allows.
    func send(_ status: HTTPResponseStatus, _ headers: HTTPHeaders) {
        guard let context, let request, answer == .due else { return }
        answer = .begun
        var head = HTTPResponseHead(version: .http1_1, status: status, headers: headers)
        if ResponseFraming.frame(&head, for: request) || !requestComplete || loop.isDraining {
            closesAfterAnswer = true
        }
        if closesAfterAnswer { head.headers.replaceOrAdd(name: "connection", value: "close") }
        context.write(wrapOutboundOut(.head(head)), promise: nil)
    }

    /// Sends a piece of the answer's body.
    func send(_ body: ByteBuffer) {
        guard let context, answer == .begun, body.readableBytes > 0, request?.method != .HEAD else { return }
        context.write(wrapOutboundOut(.body(.byteBuffer(body))), promise: nil)
    }

    /// Sends a piece of the answer's body; `done` is called once it is written, or never will be.
    func send(_ body: ByteBuffer, done: @escaping () -> Void) {
        guard let context, answer == .begun, body.readableBytes > 0, request?.method != .HEAD else { return done() }
        let part = wrapOutboundOut(.body(.byteBuffer(body)))
        context.write(part).assumeIsolated().whenComplete { _ in done() }
    }

    /// Sends the end of the answer and hands everything to the network; the work is done.
    func sendEnd(trailers: HTTPHeaders?) {
        guard let context, answer == .begun else { return }
        answer = .complete
        work = nil
        let end = wrapOutboundOut(.end(trailers))
        if !closesAfterAnswer {
            // As long as the client does not take this answer, its next request is not looked at: otherwise it could
            // have answers heaped up here by asking for many and taking none.
            if !context.channel.isWritable { context.flush() }
            guard context.channel.isWritable else { return heldEnd = .some(trailers) }
            goOn(after: end, context)
            return
        }
        _ = reading.hold(false)
        if requestComplete {
            expectProgress(within: loop.times.stall)
            context.writeAndFlush(end).assumeIsolated().whenComplete { _ in self.close() }
        } else {
            // Closing with unread bytes would reset the connection and take the answer away from the client.
            // The client learns at once that no more comes, and the gateway goes on taking what it still sends.
            discardable = Self.lingeringBytes
            expectProgress(within: Self.lingeringTime)
            context.writeAndFlush(end, promise: nil)
            context.close(mode: .output, promise: nil)
            context.read()
        }
    }

    /// Ends the answer, and takes the next request.
    private func goOn(after end: NIOAny, _ context: ChannelHandlerContext) {
        // The next request may already be here, and is then delivered within this write.
        deadline = .now() + loop.times.keepAlive
        let readIsDue = reading.hold(false)
        context.write(end, promise: nil)
        context.flush()
        if readIsDue { context.read() }
    }

    /// Hands what was sent to the network.
    func flush() {
        context?.flush()
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

// MARK: - Channel events

extension HTTP1Connection {
    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        peer = ClientPeer(context.channel)
        loop.opened(self)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
        loop.closed(self)
        loseClient()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            // Once the answer that ends the connection is on its way, no further request is one.
            if discardable == nil, !closesAfterAnswer { begin(head) }
        case .body(let body):
            discard(body.readableBytes)
            pace?.received(body.readableBytes)
            work?.receive(body)
        case .end(let trailers):
            endRequest(trailers: trailers)
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        work?.readCompleted()
    }

    func read(context: ChannelHandlerContext) {
        if reading.mayRead() { context.read() }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        let isWritable = context.channel.isWritable
        let stall = loop.times.stall
        stallDeadline = isWritable ? .distantFuture : .now() + stall
        if isWritable, let trailers = heldEnd.take() { goOn(after: wrapOutboundOut(.end(trailers)), context) }
        work?.clientWritabilityChanged(isWritable: isWritable)
    }

    func channelInactive(context: ChannelHandlerContext) {
        loseClient()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event as? ChannelEvent == .inputClosed { work?.clientFinished() }
        context.fireUserInboundEventTriggered(event)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if discardable != nil, case ByteToMessageDecoderError.dataReceivedInErrorState(_, let bytes) = error {
            return discard(bytes.readableBytes)
        }
        guard let flaw = error as? HTTPParserError, context.channel.isActive else { return close() }
        if discardable != nil { return close() }
        if answer == .complete {
            // The header itself could not be read: answer as to a request that says nothing of itself.
            request = RequestLine(HTTPRequestHead(version: .http1_1, method: .GET, uri: "/"))
            answer = .due
        }
        // Whatever else comes belongs to this request, as far as anyone can tell.
        requestComplete = false
        switch flaw {
        case .headerOverflow: refuse(.requestHeaderFieldsTooLarge, "The header of the request is too large.")
        case .invalidURL: refuse(.uriTooLong, "The request line is too long.")
        default: refuse(.badRequest, flaw.detail)
        }
    }
}

extension HTTPParserError {
    /// What is wrong with a request, for its sender.
    fileprivate var detail: String {
        switch self {
        case .lfExpected: "A line does not end with CRLF."
        case .invalidMethod: "The method is malformed."
        case .invalidConstant: "The request target has a forbidden character."
        case .invalidVersion: "The HTTP version is not 1.1 or 1.0, or the request line is malformed."
        case .invalidHeaderToken: "A header line is malformed."
        case .invalidCharactersUsed: "A header value is not UTF-8."
        case .invalidContentLength: "Content-Length is no number."
        case .unexpectedContentLength: "Content-Length comes twice, or together with Transfer-Encoding."
        case .strictModeAssertion: "Transfer-Encoding is not exactly chunked, or not in HTTP/1.1."
        case .invalidChunkSize: "A chunk of the body is malformed."
        default: "The request is not well-formed HTTP/1.1."
        }
    }
}
