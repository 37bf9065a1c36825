import IdempotencyHTTP
import NIOCore
import NIOHTTP1

/// A request that is not guarded: streamed to the upstream, its answer streamed back, neither faster than the other
/// side takes it.
final class Passthrough: RequestWork {
    private let head: RequestHead
    private let epoch: Epoch
    private let report: RequestReport
    private let upgrade: Upgrade?
    private let bodySilence: TimeAmount
    private var client: (any ClientExchange)?
    private var upstream: UpstreamConnection?
    /// Pieces of the body that came before there was a connection to the upstream.
    private var early: [ByteBuffer] = []
    private var hasBody = false
    private var isComplete = false
    private var trailers: Headers?
    private var status: HTTPResponseStatus?
    private var hasTriedAgain = false

    /// What another protocol takes, if the request asks for one.
    typealias Upgrade = (wish: UpgradeWish, seat: TunnelSeat)

    /// - Parameters:
    ///   - head: The header as the upstream is to get it.
    ///   - upgrade: The request's wish for another protocol, if it has one that may be granted.
    init(
        _ head: RequestHead, in epoch: Epoch, from client: any ClientExchange, upgrade: Upgrade? = nil,
        report: RequestReport
    ) {
        self.head = head
        self.upgrade = upgrade
        self.client = client
        self.epoch = epoch
        self.report = report
        bodySilence = client.loop.times.bodySilence
    }

    func begin() {
        client?.holdReads(true)
        connect()
    }

    func receive(_ body: ByteBuffer) {
        hasBody = true
        client?.expectProgress(within: bodySilence)
        guard let upstream else { return early.append(body) }
        upstream.send(body)
    }

    func receiveEnd(trailers: Headers?) {
        isComplete = true
        self.trailers = ForwardedHead.trailers(trailers)
        upstream?.sendEnd(trailers: self.trailers)
    }

    func readCompleted() {
        upstream?.flush()
    }

    func clientWritabilityChanged(isWritable: Bool) {
        upstream?.holdReads(!isWritable)
    }

    func clientGone() {
        client = nil
        upstream?.cancel()
        upstream = nil
        report.end(.passedThrough, status: status)
    }

    private func connect() {
        epoch.upstream.acquire { result in
            switch result {
            case .success(let connection): self.connected(connection)
            case .failure(let failure): self.upstreamFailed(failure)
            }
        }
    }

    private func connected(_ connection: UpstreamConnection) {
        guard let client else { return connection.giveBack() }
        upstream = connection
        connection.begin(self)
        connection.send(head)
        for body in early { connection.send(body) }
        early = []
        if isComplete { connection.sendEnd(trailers: trailers) } else { connection.flush() }
        client.holdReads(!connection.isWritable)
    }

    /// Whether the request may be sent once more: it is safe to repeat (RFC 9110 section 9.2.2), all of it is still
    /// here, and the connection may have been closed by the upstream before the request came.
    private var mayTryAgain: Bool {
        guard !hasTriedAgain, !hasBody, status == nil, let upstream, upstream.exchanges > 1 else { return false }
        switch head.method {
        case "GET", "HEAD", "OPTIONS", "PUT", "DELETE", "TRACE": return true
        default: return false
        }
    }
}

extension Passthrough: UpstreamListener {
    func upstreamInformed(_ head: AnswerHead) {
        client?.inform(head.status, ForwardedHead.answer(head))
    }

    func upstreamSwitched(_ head: AnswerHead) -> Bool {
        guard isComplete, let upgrade, let headers = upgrade.wish.granted(by: head), let client, let upstream,
            let end = client.switchable
        else { return false }
        let tunnel = Tunnel(
            between: end, and: upstream, idleTime: TimeAmount(epoch.configuration.timeouts.tunnelIdle),
            seat: upgrade.seat, on: client.loop)
        guard upstream.becomeTunnel(tunnel) else { return false }
        end.switchProtocols(headers, to: tunnel)
        tunnel.begin()
        self.client = nil
        self.upstream = nil
        report.end(.passedThrough, status: .switchingProtocols)
        return true
    }

    func upstreamAnswered(_ head: AnswerHead) {
        status = head.status
        client?.send(head.status, answer(head))
    }

    /// The headers of the answer as the client gets them. To the answer of a preflight the header of the key is added.
    private func answer(_ answer: AnswerHead) -> Headers {
        var headers = ForwardedHead.answer(answer)
        guard head.method == "OPTIONS", let rule = epoch.configuration.crossOrigin else {
            return headers
        }
        let asked = head.headers
        for name in epoch.plan.keyHeaders {
            rule.allowKey(
                &headers, named: name, to: asked["Origin"], asked: asked.tokens(of: "Access-Control-Request-Headers"))
        }
        return headers
    }

    func upstreamSent(_ body: ByteBuffer) {
        client?.send(body)
    }

    func upstreamEnded(trailers: Headers?) {
        upstream = nil
        let client = client
        self.client = nil
        report.end(.passedThrough, status: status)
        client?.sendEnd(trailers: ForwardedHead.trailers(trailers))
    }

    func upstreamReadCompleted() {
        client?.flush()
    }

    func upstreamWritabilityChanged(isWritable: Bool) {
        client?.holdReads(!isWritable)
    }

    func upstreamFailed(_ failure: UpstreamFailure) {
        if case .brokeOff = failure, mayTryAgain {
            hasTriedAgain = true
            upstream = nil
            return connect()
        }
        upstream = nil
        guard let client else { return }
        self.client = nil
        guard status == nil else {
            report.end(.passedThrough, status: status)
            return client.breakOff()
        }
        let problem = failure.problem
        report.end(.passedThrough, status: HTTPResponseStatus(statusCode: problem.status))
        let origin = head.headers["Origin"]
        client.send(problem.readable(by: origin, under: epoch.configuration.crossOrigin))
    }
}

extension UpstreamFailure {
    /// What the client of a request that is not guarded hears.
    fileprivate var problem: PlainResponse {
        switch self {
        case .unreachable:
            return PlainProblem.response(.badGateway, "The server behind the gateway cannot be reached.")
        case .brokeOff:
            return PlainProblem.response(.badGateway, "The server behind the gateway broke the exchange off.")
        case .malformed:
            return PlainProblem.response(.badGateway, "The server behind the gateway gave no valid HTTP answer.")
        case .timedOut:
            return PlainProblem.response(.gatewayTimeout, "The server behind the gateway did not answer in time.")
        case .busy:
            var response = PlainProblem.response(
                .serviceUnavailable, "No connection to the server behind the gateway is free.")
            response.headers.append("Retry-After", "1")
            return response
        }
    }
}
