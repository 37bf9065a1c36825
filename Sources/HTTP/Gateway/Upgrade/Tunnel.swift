import IdempotencyHTTP
import NIOCore

/// A client's connection and one to the upstream that have been switched to another protocol: bytes go both ways as
/// they are, neither faster than the other side takes them.
///
/// It ends when both sides have ended, when one of them breaks, when nothing has moved for too long, and in a drain as
/// soon as it is quiet: nobody here knows where a message of the other protocol ends.
final class Tunnel: RequestWork, ClientConnection {
    private let loop: GatewayLoop
    private let seat: TunnelSeat
    private let idleTime: TimeAmount
    private var client: (any TunnelEnd)?
    private var upstream: (any TunnelEnd)?
    private var lastMove = NIODeadline.now()
    private var isDraining: Bool
    /// When what is being closed must have been closed; `nil` as long as bytes go to and fro.
    private var closing: NIODeadline?

    /// - Parameters:
    ///   - idleTime: How long nothing may move.
    ///   - seat: Its place under the limit.
    init(
        between client: any TunnelEnd, and upstream: any TunnelEnd, idleTime: TimeAmount, seat: TunnelSeat,
        on loop: GatewayLoop
    ) {
        self.client = client
        self.upstream = upstream
        self.idleTime = idleTime
        self.seat = seat
        self.loop = loop
        isDraining = loop.isDraining
    }

    /// Both sides are ready.
    func begin() {
        loop.opened(self)
        guard let client, let upstream else { return }
        client.holdReads(!upstream.isWritable)
        upstream.holdReads(!client.isWritable)
    }

    func tick(now: NIODeadline) {
        if let closing {
            if now >= closing { close() }
        } else if now - lastMove >= (isDraining ? min(idleTime, Self.quiet) : idleTime) {
            end()
        }
    }

    /// Ends as soon as nothing moves for a moment.
    func drain() {
        isDraining = true
    }

    func close() {
        client?.close()
        upstream?.close()
    }

    /// Closes both sides behind what was sent.
    private func end() {
        closing = .now() + Self.closingTime
        client?.closeAfterSending()
        upstream?.closeAfterSending()
    }

    /// One side is gone: what it sent still goes to the other, and then that ends too.
    private func lost(_ other: (any TunnelEnd)?) {
        guard let other else { return loop.closed(self) }
        closing = closing ?? .now() + Self.closingTime
        other.closeAfterSending()
    }

    private func move(_ bytes: ByteBuffer, to end: (any TunnelEnd)?) {
        lastMove = .now()
        end?.send(bytes)
    }

    /// How long nothing must move in a drain.
    private static var quiet: TimeAmount { .seconds(1) }
    /// How long the last bytes may take to be taken.
    private static var closingTime: TimeAmount { .seconds(5) }
}

// MARK: - From the client

extension Tunnel {
    func receive(_ body: ByteBuffer) { move(body, to: upstream) }

    /// The request was complete before the tunnel began.
    func receiveEnd(trailers: Headers?) {}

    func readCompleted() { upstream?.flush() }

    func clientWritabilityChanged(isWritable: Bool) {
        if isWritable { lastMove = .now() }
        upstream?.holdReads(!isWritable)
    }

    func clientFinished() { upstream?.finish() }

    func clientGone() {
        client = nil
        lost(upstream)
    }
}

// MARK: - From the upstream

extension Tunnel: UpstreamListener {
    /// None of these comes any more: the exchange of requests is over.
    func upstreamInformed(_ head: AnswerHead) {}
    func upstreamAnswered(_ head: AnswerHead) {}
    func upstreamEnded(trailers: Headers?) {}

    func upstreamSent(_ body: ByteBuffer) { move(body, to: client) }

    func upstreamReadCompleted() { client?.flush() }

    func upstreamWritabilityChanged(isWritable: Bool) {
        if isWritable { lastMove = .now() }
        client?.holdReads(!isWritable)
    }

    func upstreamFinished() { client?.finish() }

    func upstreamFailed(_ failure: UpstreamFailure) {
        upstream = nil
        lost(client)
    }
}
