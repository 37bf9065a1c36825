import Idempotency
import NIOCore

/// One connection: writes requests and matches the replies; first it leads the handshake.
final class PipelineHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// What a connection tells whoever keeps it.
    struct Events {
        /// The handshake is over: requests may be sent.
        var ready: (Handshake.Outcome, ServerWatch) -> Void
        /// Replies have come.
        var answers: ([Pipeline.Answer]) -> Void
        /// Something came that answers nothing, such as a message.
        var push: (RESPValue) -> Void
        /// The connection is over. What was under way is told to `answers` before.
        var closed: (StoreError) -> Void
    }

    private let encoding: RequestEncoding
    private let events: Events
    private var handshake: Handshake?
    private var pipeline: Pipeline
    private var parser: RESPParser
    private var context: ChannelHandlerContext?
    private var timer: Scheduled<Void>?
    private var digests = ScriptDigests()
    private var isOver = false
    /// Told when the handshake is over, or the connection.
    var isReadyOrOver: () -> Void = {}
    /// Why the connection is given up, if it was decided here.
    private var reason: StoreError?

    init(handshake: Handshake, encoding: RequestEncoding, limits: RESPLimits, events: Events) {
        self.handshake = handshake
        self.encoding = encoding
        self.events = events
        pipeline = Pipeline(replicas: handshake.purpose == .exchanges ? handshake.configuration.replicas : nil)
        parser = RESPParser(limits: limits)
    }

    /// Whether nothing is under way.
    var isIdle: Bool { pipeline.isEmpty }

    /// Sends requests in one write.
    func send(_ requests: [ServerRequest]) {
        guard let context, !isOver else {
            let error = Self.lost(effect: .notApplied)
            return events.answers(requests.map { Pipeline.Answer(request: $0, result: .failure(error)) })
        }
        var buffer = context.channel.allocator.buffer(capacity: requests.count * 512)
        for request in requests { encoding.write(request, digests: digests, into: &buffer) }
        if let command = pipeline.append(requests) { buffer.writeRESP(command: command) }
        context.writeAndFlush(Self.wrapOutboundOut(buffer), promise: nil)
        watchTime(context)
    }

    /// Gives the connection up.
    func close(_ reason: StoreError) {
        guard !isOver else { return }
        self.reason = reason
        context?.close(promise: nil)
        end()
    }

    func handlerAdded(context: ChannelHandlerContext) {
        guard !isOver else { return context.close(promise: nil) }
        self.context = context
        if context.channel.isActive { begin(context) }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
    }

    func channelActive(context: ChannelHandlerContext) {
        if !isOver { begin(context) }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isOver else { return }
        parser.append(Self.unwrapInboundIn(data))
        var answers: [Pipeline.Answer] = []
        do {
            while !isOver, let value = try parser.next() {
                if case .push = value {
                    events.push(value)
                } else if handshake != nil {
                    advance(value, context)
                } else if let complete = pipeline.receive(value) {
                    answers += complete
                } else {
                    throw RESPError("A reply came that nobody waited for.")
                }
            }
        } catch {
            reason = StoreError(
                .unavailable, "The Redis server sent what is no reply: \(error)", effect: .unknown, cause: error)
            context.close(promise: nil)
        }
        if !answers.isEmpty { events.answers(answers) }
        if reason != nil { end() }
    }

    func channelInactive(context: ChannelHandlerContext) {
        end()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        reason =
            reason
            ?? StoreError(
                .unavailable, "The connection to the Redis server broke: \(error)", effect: .unknown, cause: error)
        context.close(promise: nil)
        end()
    }

    // MARK: - Handshake

    private func begin(_ context: ChannelHandlerContext) {
        guard let handshake else { return }
        perform(handshake.begin(), context)
    }

    private func advance(_ reply: RESPValue, _ context: ChannelHandlerContext) {
        guard let step = handshake?.receive(reply) else { return }
        perform(step, context)
    }

    private func perform(_ step: Handshake.Step, _ context: ChannelHandlerContext) {
        switch step {
        case .send(let command):
            var buffer = context.channel.allocator.buffer(capacity: 256)
            buffer.writeRESP(command: command)
            context.writeAndFlush(Self.wrapOutboundOut(buffer), promise: nil)
        case .ready(let outcome):
            guard let watch = handshake?.watch else { return }
            handshake = nil
            digests = outcome.digests
            isReadyOrOver()
            events.ready(outcome, watch)
        case .fail(let error):
            close(error)
        }
    }

    // MARK: - The end

    private func end() {
        guard !isOver else { return }
        isOver = true
        isReadyOrOver()
        timer?.cancel()
        let lost = Self.lost(effect: .unknown)
        let abandoned = pipeline.abandon(
            StoreError(.unavailable, reason?.message ?? lost.message, effect: .unknown, cause: reason?.cause))
        if !abandoned.isEmpty { events.answers(abandoned) }
        events.closed(reason ?? lost)
    }

    private static func lost(effect: StoreError.Effect) -> StoreError {
        StoreError(.unavailable, "The connection to the Redis server broke.", effect: effect)
    }

    /// Gives the connection up when the next reply is late: who knows what it would answer.
    private func watchTime(_ context: ChannelHandlerContext) {
        guard timer == nil, let deadline = pipeline.deadline else { return }
        timer = context.eventLoop.assumeIsolated().scheduleTask(deadline: deadline) { [weak self] in
            self?.checkTime()
        }
    }

    private func checkTime() {
        timer = nil
        guard let context, let deadline = pipeline.deadline else { return }
        guard deadline <= .now() else { return watchTime(context) }
        close(
            StoreError(
                .unavailable, "The Redis server did not answer in time; what was sent may be done or not.",
                effect: .unknown))
    }
}
