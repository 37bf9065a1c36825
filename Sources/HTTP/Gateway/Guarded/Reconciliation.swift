import Idempotency
import IdempotencyHTTP
import NIOCore
import NIOHTTP1

/// The question what became of an interrupted attempt: a `GET`, which is safe to repeat and is repeated once.
final class Reconciliation {
    private let request: GuardedRequest
    private let url: ReconciliationURL
    private let exchange: GuardedExchange
    private let fence: Fence
    private let limit: Int
    private var connection: UpstreamConnection?
    private var answer: UpstreamAnswer?
    private var tries = 0

    /// - Parameter fence: That of the attempt that asks.
    init(of request: GuardedRequest, at url: ReconciliationURL, under fence: Fence, for exchange: GuardedExchange) {
        self.fence = fence
        self.request = request
        self.url = url
        self.exchange = exchange
        limit = request.settings.maximumResponse + exchange.epoch.configuration.limits.headerBytes
    }

    /// Asks.
    func start() {
        tries += 1
        answer = nil
        exchange.epoch.inquiries.acquire { result in
            switch result {
            case .failure(let failure): self.upstreamFailed(failure)
            case .success(let connection): self.ask(on: connection)
            }
        }
    }

    private func ask(on connection: UpstreamConnection) {
        self.connection = connection
        let headers: Headers = [
            "Host": url.origin.authority, FieldName.idempotencyKey: request.keyLine,
            FieldName.scope: request.scopeDigest, FieldName.attempt: "\(fence.number)",
            "Accept": "message/http", "Via": ForwardedHead.ownVia,
        ]
        connection.begin(self)
        connection.send(RequestHead(method: "GET", target: url.target, headers: headers))
        connection.sendEnd(trailers: nil)
    }

    private func finding(in answer: UpstreamAnswer) -> Execution.Finding {
        switch answer.status {
        case .notFound: return .didNothing
        case .ok:
            guard let type = answer.headers["Content-Type"], type.lowercased().hasPrefix("message/http"),
                let message = try? ResponseMessage(parsing: Array(answer.body.readableBytesView))
            else { return .unknown }
            let stored = request.settings.replay.stored(
                status: message.status, headers: message.headers, body: message.body)
            return .tookEffect(StoredAnswer.response(stored).outcome)
        default: return .unknown
        }
    }
}

extension Reconciliation: UpstreamListener {
    func upstreamInformed(_ head: AnswerHead) {}

    func upstreamAnswered(_ head: AnswerHead) {
        answer = UpstreamAnswer(head)
    }

    func upstreamSent(_ piece: ByteBuffer) {
        var piece = piece
        answer?.body.writeBuffer(&piece)
        guard let size = answer?.body.readableBytes, size > limit else { return }
        connection?.cancel()
        connection = nil
        exchange.reconciled(.unknown)
    }

    func upstreamEnded(trailers: Headers?) {
        connection = nil
        exchange.reconciled(answer.map(finding) ?? .unknown)
    }

    func upstreamReadCompleted() {}

    func upstreamWritabilityChanged(isWritable: Bool) {}

    func upstreamFailed(_ failure: UpstreamFailure) {
        connection = nil
        if tries < 2 { start() } else { exchange.reconciled(.unanswered) }
    }
}
