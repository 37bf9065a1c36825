import IdempotencyHTTP
import NIOCore
import NIOHPACK
import NIOHTTP1
import NIOHTTP2

/// One HTTP/2 stream from a client: hands its request to its work, and its work's answer to the client.
///
/// A stream that the client resets ends the way back, not the work: whether that goes on is the work's own decision.
final class HTTP2Exchange: ChannelDuplexHandler, ClientExchange {
    typealias InboundIn = HTTP2Frame.FramePayload
    typealias OutboundIn = HTTP2Frame.FramePayload
    typealias OutboundOut = HTTP2Frame.FramePayload

    /// How far the exchange is.
    private enum Phase {
        /// The request's header has not come.
        case idle
        /// The answer has not been begun.
        case due
        case begun
        /// All of the answer is in the outbox, or further.
        case complete
        /// Nothing more can be sent.
        case over
    }

    let loop: GatewayLoop
    private let connection: HTTP2Connection
    private var context: ChannelHandlerContext?
    private var phase = Phase.idle
    private var requestComplete = false
    /// The answer may have a body.
    private var takesBody = true
    private var work: (any RequestWork)?
    private var reading = ReadGate()
    private var outbox = HTTP2Outbox()
    private var isPumping = false
    /// The answer went out before the request was complete: what still comes is thrown away, up to this many bytes.
    private var discardable: Int?
    private var pace: BodyPace?
    private var deadline = NIODeadline.distantFuture
    private var stallDeadline = NIODeadline.distantFuture

    init(on connection: HTTP2Connection) {
        self.connection = connection
        loop = connection.loop
    }

    var caller: String? { connection.caller }
    var peer: ClientPeer { connection.peer }

    var isWritable: Bool { outbox.count < Self.outboxMark && context?.channel.isWritable ?? false }

    func holdReads(_ hold: Bool) {
        if reading.hold(hold) { context?.read() }
    }

    func expectProgress(within time: TimeAmount) {
        deadline = .now() + time
    }

    func expectProgress(until deadline: NIODeadline) {
        self.deadline = deadline
    }

    func handOver(to work: any RequestWork) {
        self.work = work
    }

    /// Looks whether the client has been silent, or has taken nothing, for too long.
    func tick(now: NIODeadline) {
        if now >= stallDeadline { return reset(.cancel) }
        if case .due = phase, !requestComplete, pace?.isTooSlow(now: now, isHeld: reading.isHeld) == true {
            return refuse(.init("The request comes too slowly.", status: .requestTimeout))
        }
        guard now >= deadline, !reading.isHeld else { return }
        if case .due = phase, !requestComplete {
            refuse(.init("The request did not come to its end in time.", status: .requestTimeout))
        } else {
            reset(discardable == nil ? .cancel : .noError)
        }
    }

    /// Nothing can be sent any more.
    func loseClient() {
        phase = .over
        deadline = .distantFuture
        stallDeadline = .distantFuture
        connection.letGoUnsent(outbox.count)
        outbox.clear()
        let work = work
        self.work = nil
        work?.clientGone()
    }

    private func begin(_ fields: HPACKHeaders, endsStream: Bool) {
        phase = .due
        requestComplete = endsStream
        expectProgress(within: loop.times.bodySilence)
        let rate = loop.configuration.limits.bodyRate
        if !endsStream, rate > 0 { pace = BodyPace(rate: rate, now: .now()) }
        // Not looked at: the client may send it again (RFC 9113 section 8.7).
        if connection.isOverfull { return reset(.refusedStream) }
        let request: IncomingRequest
        do throws(HTTP2Request.Flaw) {
            request = try HTTP2Request.head(fields, endsStream: endsStream, limits: loop.configuration.limits)
        } catch {
            return refuse(error)
        }
        takesBody = request.head.method != "HEAD"
        let work = loop.work(for: request, from: self)
        self.work = work
        work.begin()
        if endsStream { endRequest(trailers: nil) }
    }

    private func endRequest(_ fields: HPACKHeaders) {
        do throws(HTTP2Request.Flaw) {
            let trailers = try HTTP2Request.trailers(
                fields, limits: loop.configuration.limits, significant: loop.epoch.plan.significantNames)
            endRequest(trailers: trailers.isEmpty ? nil : trailers)
        } catch {
            refuse(error)
        }
    }

    private func endRequest(trailers: Headers?) {
        requestComplete = true
        deadline = .distantFuture
        work?.receiveEnd(trailers: trailers)
    }

    /// Answers with a refusal of the gateway itself.
    private func refuse(_ flaw: HTTP2Request.Flaw) {
        let work = work
        self.work = nil
        work?.clientGone()
        guard case .due = phase else { return reset(.protocolError) }
        deadline = .distantFuture
        send(PlainProblem.response(flaw.status, flaw.detail))
    }

    /// Ends the stream at once.
    private func reset(_ code: HTTP2ErrorCode) {
        loseClient()
        guard let context, context.channel.isActive else { return }
        context.writeAndFlush(wrapOutboundOut(.rstStream(code)), promise: nil)
    }

    /// An answer of which so much waits is written no faster than the client takes it.
    private static var outboxMark: Int { 32 << 10 }
}

// MARK: - The answer

extension HTTP2Exchange {
    func inform(_ status: HTTPResponseStatus, _ headers: Headers) {
        guard case .due = phase, let context else { return }
        write(HTTP2Response.fields(status, headers), on: context)
        context.flush()
    }

    func send(_ status: HTTPResponseStatus, _ headers: Headers) {
        guard case .due = phase, let context else { return }
        phase = .begun
        if status == .noContent || status == .notModified { takesBody = false }
        write(HTTP2Response.fields(status, headers), on: context)
    }

    func send(_ body: ByteBuffer) {
        guard case .begun = phase, takesBody, body.readableBytes > 0 else { return }
        outbox.append(body)
        connection.holdUnsent(body.readableBytes)
    }

    func sendEnd(trailers: Headers?) {
        guard case .begun = phase else { return }
        phase = .complete
        work = nil
        deadline = .distantFuture
        outbox.finish(trailers: trailers)
        pump()
    }

    func flush() {
        pump()
    }

    func breakOff() {
        work = nil
        reset(.internalError)
    }

    /// Gives the stream as much as the client takes.
    private func pump() {
        guard let context, !isPumping else { return }
        isPumping = true
        let wasFull = outbox.count >= Self.outboxMark
        var hasMoved = false
        while context.channel.isWritable, let item = outbox.next(limit: Self.pieceSize) {
            hasMoved = true
            switch item {
            case .piece(let piece, let endsStream):
                connection.letGoUnsent(piece.readableBytes)
                let payload = HTTP2Frame.FramePayload.data(.init(data: .byteBuffer(piece), endStream: endsStream))
                if endsStream {
                    writeEnd(payload, on: context)
                } else {
                    context.write(wrapOutboundOut(payload), promise: nil)
                }
            case .trailers(let trailers):
                writeEnd(HTTP2Response.end(trailers), on: context)
            }
        }
        isPumping = false
        context.flush()
        watchProgress(hasMoved: hasMoved)
        if wasFull, isWritable { work?.clientWritabilityChanged(isWritable: true) }
    }

    /// Writes a header. One that HTTP/2 does not allow, whatever the upstream meant by it, ends the stream.
    private func write(_ fields: HPACKHeaders, on context: ChannelHandlerContext) {
        context.write(wrapOutboundOut(.headers(.init(headers: fields)))).assumeIsolated().whenFailure { _ in
            if case .over = self.phase { return }
            self.reset(.internalError)
        }
    }

    private func writeEnd(_ payload: HTTP2Frame.FramePayload, on context: ChannelHandlerContext) {
        context.write(wrapOutboundOut(payload)).assumeIsolated().whenSuccess { self.answerHasGone() }
    }

    /// The network has the whole answer. What the client still has to say is of no use to anyone, but some clients lose
    /// an answer that a RST_STREAM follows at once (RFC 9113 section 8.1 allows that), so they get a moment to stop.
    private func answerHasGone() {
        stallDeadline = .distantFuture
        guard !requestComplete, let context else { return }
        discardable = Self.lingeringBytes
        expectProgress(within: Self.lingeringTime)
        if reading.hold(false) { context.read() }
    }

    private func discard(_ count: Int) {
        guard let left = discardable else { return }
        discardable = left - count
        if left < count { reset(.noError) }
    }

    /// Starts, goes on with or ends the time within which the client must take something.
    private func watchProgress(hasMoved: Bool) {
        if case .over = phase { return }
        let waits = !outbox.isEmpty || phaseIsComplete || !(context?.channel.isWritable ?? true)
        if !waits {
            stallDeadline = .distantFuture
        } else if hasMoved || stallDeadline == .distantFuture {
            stallDeadline = .now() + loop.times.stall
        }
    }

    private var phaseIsComplete: Bool {
        if case .complete = phase { true } else { false }
    }

    private static var pieceSize: Int { 16 << 10 }
    private static var lingeringBytes: Int { 1 << 20 }
    private static var lingeringTime: TimeAmount { .seconds(2) }
}

// MARK: - Channel events

extension HTTP2Exchange {
    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        let id = try? context.channel.syncOptions?.getOption(HTTP2StreamChannelOptions.streamID)
        connection.opened(self, id ?? .rootStream)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
        loseClient()
        connection.closed(self)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .headers(let section):
            switch phase {
            case .idle: begin(section.headers, endsStream: section.endStream)
            case _ where section.endStream: endRequest(section.headers)
            default: reset(.protocolError)
            }
        case .data(let section):
            discard(section.data.readableBytes)
            pace?.received(section.data.readableBytes)
            if case .byteBuffer(let piece) = section.data, piece.readableBytes > 0 { work?.receive(piece) }
            if section.endStream { endRequest(trailers: nil) }
        default: break
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        work?.readCompleted()
    }

    func read(context: ChannelHandlerContext) {
        if reading.mayRead() { context.read() }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        pump()
        work?.clientWritabilityChanged(isWritable: isWritable)
    }

    func channelInactive(context: ChannelHandlerContext) {
        loseClient()
        connection.closed(self)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        reset(.internalError)
    }
}
