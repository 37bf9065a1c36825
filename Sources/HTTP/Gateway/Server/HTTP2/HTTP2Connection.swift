import Logging
import NIOCore
import NIOHTTP2

/// One HTTP/2 connection from a client, without its streams: when it has been idle for too long, when it must end, and
/// what all its streams share.
final class HTTP2Connection: ChannelInboundHandler, ClientConnection {
    typealias InboundIn = HTTP2Frame
    typealias OutboundOut = HTTP2Frame

    /// How the connection comes to its end.
    private enum Phase {
        case serving
        /// The client was asked to begin no further stream, and those that were on their way are still taken.
        case announced
        /// It was told which stream was the last that is taken.
        case leaving
        /// Nothing is under way any more, and the client has a moment to hang up first.
        case lingering
        /// The client broke the rules and was told so.
        case failed
    }

    let loop: GatewayLoop
    /// Whom the client's certificate names.
    let caller: String?
    private(set) var peer = ClientPeer.unknown
    /// Stands between the network and the frame parser.
    let wire: HTTP2Wire
    private var context: ChannelHandlerContext?
    private var exchanges: [ObjectIdentifier: HTTP2Exchange] = [:]
    private var lastStream = HTTP2StreamID.rootStream
    private var phase = Phase.serving
    private var unsent = 0
    /// How many streams the client may have at a time.
    private let streams: Int
    private var deadline: NIODeadline
    private var stallDeadline = NIODeadline.distantFuture

    /// - Parameters:
    ///   - deadline: When the header of the first request must be there.
    ///   - caller: Whom the client's certificate names.
    init(loop: GatewayLoop, deadline: NIODeadline, caller: String?) {
        self.loop = loop
        self.deadline = deadline
        self.caller = caller
        streams = loop.configuration.limits.streams
        wire = HTTP2Wire(streams: streams)
    }

    /// Whether the client gets no further stream: so much waits for it, or it has more than it was told that it may.
    var isOverfull: Bool { unsent > Self.unsentLimit || exchanges.count > streams }

    /// Counts bytes that wait for the client on any stream, also within the memory that the event loop may take.
    func holdUnsent(_ bytes: Int) {
        unsent += bytes
        loop.memory.take(bytes)
    }

    /// Counts bytes that wait no longer.
    func letGoUnsent(_ bytes: Int) {
        unsent -= bytes
        loop.memory.letGo(bytes)
    }

    /// Counts a stream in.
    func opened(_ exchange: HTTP2Exchange, _ id: HTTP2StreamID) {
        exchanges[ObjectIdentifier(exchange)] = exchange
        lastStream = max(lastStream, id)
    }

    /// Counts a stream out; saying it twice does no harm.
    func closed(_ exchange: HTTP2Exchange) {
        guard exchanges.removeValue(forKey: ObjectIdentifier(exchange)) != nil, exchanges.isEmpty else { return }
        switch phase {
        case .serving: deadline = .now() + loop.times.keepAlive
        case .leaving: linger()
        case .announced, .lingering, .failed: break
        }
    }

    func tick(now: NIODeadline) {
        if now >= stallDeadline { return close() }
        for exchange in exchanges.values { exchange.tick(now: now) }
        guard now >= deadline else { return }
        switch phase {
        case .serving: if exchanges.isEmpty { drain() }
        case .announced: leave()
        case .leaving: break
        case .lingering, .failed: close()
        }
    }

    /// Asks the client to begin no further stream. Those that it has begun meanwhile are still taken: a PING goes with
    /// the GOAWAY, and its answer tells that the client knows (RFC 9113 section 6.8).
    func drain() {
        guard case .serving = phase, let context else { return }
        phase = .announced
        deadline = .now() + Self.courtesy
        send(.goAway(lastStreamID: .maxID, errorCode: .noError, opaqueData: nil), on: context)
        send(.ping(Self.farewell, ack: false), on: context)
        context.flush()
    }

    func close() {
        context?.close(promise: nil)
    }

    private func leave() {
        guard case .announced = phase, let context else { return }
        phase = .leaving
        send(.goAway(lastStreamID: lastStream, errorCode: .noError, opaqueData: nil), on: context)
        context.flush()
        if exchanges.isEmpty { linger() }
    }

    private func linger() {
        phase = .lingering
        deadline = .now() + Self.courtesy
    }

    private func fail(_ error: any Error) {
        if case .failed = phase { return }
        phase = .failed
        wire.shut()
        deadline = .now() + Self.courtesy
        loop.shared.logger.debug(
            "a client broke the rules of HTTP/2", metadata: ["idempotency.error": "\(error)"])
        for exchange in exchanges.values { exchange.loseClient() }
    }

    private func send(_ payload: HTTP2Frame.FramePayload, on context: ChannelHandlerContext) {
        context.write(wrapOutboundOut(HTTP2Frame(streamID: .rootStream, payload: payload)), promise: nil)
    }

    /// How long a client may take for what costs it one round trip.
    private static var courtesy: TimeAmount { .seconds(1) }
    /// What may wait for one client over all its streams: sixteen answers of the largest usual size.
    private static var unsentLimit: Int { 16 << 20 }
    private static let farewell = HTTP2PingData(withInteger: 0x6F6E_6365)
}

// MARK: - Channel events

extension HTTP2Connection {
    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        peer = ClientPeer(context.channel, speaksHTTP2: true)
        loop.opened(self)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
        loop.closed(self)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard case .ping(Self.farewell, ack: true) = unwrapInboundIn(data).payload else { return }
        leave()
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        stallDeadline = context.channel.isWritable ? .distantFuture : .now() + loop.times.stall
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        defer { wire.hasToldReset = false }
        guard error is any NIOHTTP2Error else { return close() }
        // An error of a stream comes with a RST_STREAM, one of the connection with a GOAWAY; the latter is not sent
        // when another GOAWAY went before.
        if wire.hasToldError { return fail(error) }
        if case .serving = phase { return }
        if !wire.hasToldReset { fail(error) }
    }
}
