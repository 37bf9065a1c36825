import IdempotencyHTTP
import NIOCore
import NIOHTTP1

/// One keep-alive connection to the upstream, which carries one exchange at a time.
final class UpstreamConnection: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// How many exchanges were started on it; above 1 the upstream may have closed it meanwhile.
    private(set) var exchanges = 0
    /// Whether a part of the present request was handed to the network.
    private(set) var hasSent = false
    /// Whether somebody has it for an exchange; kept by the pool.
    var isLent = false
    /// Whether it was switched to another protocol: it carries that to its end, and no request any more.
    private(set) var isTunnel = false

    private let pool: UpstreamPool
    private var context: ChannelHandlerContext?
    /// Asking the channel costs more.
    private var isActive = true
    private var peek: SocketPeek?
    private var listener: (any UpstreamListener)?
    private var isCounted = true
    private var hasLeft = false
    private var requestComplete = false
    /// The exchange has timed out and is kept open all the same; nothing prolongs that.
    private var isLate = false
    /// The exchange is complete, and the connection goes back to the pool once all that was read has been looked at:
    /// what follows the answer must not be taken for the answer to the next request.
    private var isLeaving = false
    private var staysOpen = true
    private var idleTime: TimeAmount
    private var deadline = NIODeadline.distantFuture
    private var reading = ReadGate()
    private var decoder: AnswerDecoder
    /// What has come and was not looked at yet.
    private var input = ByteBuffer()
    private var outbox = Outbox()

    init(pool: UpstreamPool, limits: GatewayLimits) {
        self.pool = pool
        decoder = AnswerDecoder(limits: limits)
        idleTime = pool.timeouts.idle
    }

    /// Whether the upstream takes more of the request now.
    var isWritable: Bool { context?.channel.isWritable ?? false }

    /// Whether the connection is open as far as the operating system knows at this moment.
    var isOpen: Bool {
        guard context != nil, isActive else { return false }
        return peek?.isQuiet() ?? true
    }

    /// Starts an exchange; its answer goes to `listener`.
    ///
    /// - Parameter isCounted: Whether the upstream's observer hears of its end.
    func begin(_ listener: any UpstreamListener, isCounted: Bool = true) {
        self.listener = listener
        self.isCounted = isCounted
        exchanges += 1
        hasSent = false
        requestComplete = false
        isLate = false
        touch()
    }

    /// Sends the header of the request.
    func send(_ head: RequestHead) {
        guard context != nil else { return }
        hasSent = true
        touch()
        decoder.expectAnswer(to: head.method)
        outbox.begin(head)
    }

    /// Sends a piece of the body.
    func send(_ body: ByteBuffer) {
        guard let context, body.readableBytes > 0 else { return }
        touch()
        outbox.add(body, on: context)
    }

    /// Sends the end of the request and hands everything to the network.
    func sendEnd(trailers: Headers?) {
        requestComplete = true
        outbox.end(trailers: trailers)
        touch()
        flush()
    }

    /// Hands what was sent to the network.
    func flush() {
        if let context { outbox.flush(on: context) }
    }

    /// Stops or resumes reading the answer.
    func holdReads(_ hold: Bool) {
        touch()
        if reading.hold(hold) { context?.read() }
    }

    /// Waits for the next exchange, as long as the upstream is expected to keep the connection.
    func rest() {
        deadline = .now() + idleTime
    }

    /// Is not needed after all: no exchange was begun.
    func giveBack() {
        pool.release(self)
    }

    /// Gives the exchange up: the connection is closed and the listener hears nothing more.
    func cancel() {
        listener = nil
        close()
    }

    /// Closes the connection, whatever it is doing.
    func close() {
        isLeaving = false
        isActive = false
        context?.close(promise: nil)
    }

    /// Looks whether the upstream has been silent, or the connection unused, for too long.
    func tick(now: NIODeadline) {
        guard now >= deadline, !reading.isHeld else { return }
        if !isLate, hasSent, let time = listener?.upstreamFellSilent() {
            isLate = true
            deadline = now + time
            return
        }
        if listener != nil { fail(.timedOut) }
        close()
    }

    private func touch() {
        if isLate { return }
        deadline = .now() + pool.timeouts.answer
    }

    private func leave() {
        fail(.brokeOff)
        guard !hasLeft else { return }
        hasLeft = true
        pool.closed(self)
    }

    private func fail(_ failure: UpstreamFailure) {
        guard let listener else { return }
        self.listener = nil
        if hasSent, isCounted { pool.address.observer.exchangeEnded(isAnswered: false) }
        listener.upstreamFailed(hasSent ? failure : .unreachable)
    }

    private func complete(trailers: Headers?) {
        guard let listener else { return }
        self.listener = nil
        if isCounted { pool.address.observer.exchangeEnded(isAnswered: true) }
        if staysOpen, requestComplete, isActive, context != nil {
            if reading.hold(false) { context?.read() }
            isLeaving = true
        } else {
            close()
        }
        listener.upstreamEnded(trailers: trailers)
    }
}

extension UpstreamConnection {
    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        peek = SocketPeek(context.channel)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
        peek = nil
        // A channel that is closed at the very moment that it is connected never becomes active, nor inactive.
        leave()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        // What nobody has asked for, or what follows an answer, must not be taken for the next answer.
        guard listener != nil else { return close() }
        touch()
        let bytes = unwrapInboundIn(data)
        if isTunnel { return listener?.upstreamSent(bytes) ?? () }
        if input.readableBytes == 0 { input = bytes } else { input.writeImmutableBuffer(bytes) }
        do throws(HTTPParserError) {
            while listener != nil, let part = try decoder.next(&input) { take(part) }
        } catch {
            return refuse()
        }
        guard input.readableBytes > 0 else { return input = ByteBuffer() }
        if isTunnel {
            // What came right behind the answer is in the other protocol.
            let early = input
            input = ByteBuffer()
            listener?.upstreamSent(early)
        } else if listener == nil {
            close()
        }
    }

    private func take(_ part: AnswerPart) {
        switch part {
        case .head(let head) where head.status == .switchingProtocols:
            if listener?.upstreamSwitched(head) != true { refuse() }
        case .head(let head) where head.status.code < 200: listener?.upstreamInformed(head)
        case .head(let head):
            staysOpen = head.headers.keepsAlive(in: head.version) && !AnswerCheck.maySayMore(head)
            if let announced = KeepAliveHeader.timeout(in: head.headers) {
                idleTime = min(pool.timeouts.idle, announced - .seconds(1))
            }
            listener?.upstreamAnswered(head)
        case .body(let body): listener?.upstreamSent(body)
        case .end(let trailers): complete(trailers: trailers)
        }
    }

    private func refuse() {
        fail(.malformed)
        close()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event as? ChannelEvent == .inputClosed { listener?.upstreamFinished() }
        context.fireUserInboundEventTriggered(event)
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        listener?.upstreamReadCompleted()
        guard isLeaving else { return }
        isLeaving = false
        if isActive { pool.release(self) }
    }

    func read(context: ChannelHandlerContext) {
        if reading.mayRead() { context.read() }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        listener?.upstreamWritabilityChanged(isWritable: context.channel.isWritable)
    }

    func channelInactive(context: ChannelHandlerContext) {
        isActive = false
        if decoder.endsWithConnection { complete(trailers: nil) }
        leave()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        fail(.brokeOff)
        close()
    }
}

// MARK: - Another protocol

extension UpstreamConnection: TunnelEnd {
    /// The exchange has ended with the switch to another protocol: all that comes goes to `tunnel` from here on.
    ///
    /// - Returns: Whether that was possible.
    func becomeTunnel(_ tunnel: Tunnel) -> Bool {
        guard let context, requestComplete, context.channel.isActive,
            (try? context.channel.syncOptions?.setOption(.allowRemoteHalfClosure, value: true)) != nil
        else { return false }
        if isCounted { pool.address.observer.exchangeEnded(isAnswered: true) }
        isCounted = false
        isTunnel = true
        listener = tunnel
        outbox.endFraming()
        pool.letGo(self)
        return true
    }

    func finish() {
        guard let context else { return }
        outbox.flush(on: context)
        context.close(mode: .output, promise: nil)
    }

    func closeAfterSending() {
        guard let context, context.channel.isActive else { return close() }
        let promise = context.eventLoop.makePromise(of: Void.self)
        promise.futureResult.assumeIsolated().whenComplete { _ in self.close() }
        outbox.flush(on: context, promise: promise)
    }
}
