import Idempotency
import IdempotencyHTTP
import NIOCore
import NIOHTTP1

/// One attempt of a guarded request at the upstream: sends it once, and gathers the answer.
///
/// An answer that cannot be stored is streamed on to the client, but not its end: that waits until the tombstone is
/// stored.
final class UpstreamAttempt {
    /// How the answer is treated.
    private enum Mode {
        case gathering
        case streaming(Tombstone.Reason)
    }

    private(set) var answer: UpstreamAnswer?
    private(set) var failure: UpstreamFailure?
    private var end: Execution.End?
    private let request: GuardedRequest
    private let exchange: GuardedExchange
    private var connection: UpstreamConnection?
    private var mode = Mode.gathering
    private var passed = 0
    /// The last piece of a streamed body of announced length.
    private var lastPiece: ByteBuffer?

    init(_ request: GuardedRequest, for exchange: GuardedExchange) {
        self.request = request
        self.exchange = exchange
    }

    /// Whether the header of the answer has gone to the client already.
    var isStreaming: Bool {
        if case .streaming = mode { true } else { false }
    }

    /// Whether the client may be given what came of this attempt, when the execution ended so.
    func isTold(by answer: Answer) -> Bool {
        switch (answer, end) {
        case (.performed, .completed), (.released, .retryable), (.released, .interrupted): true
        case (.inDoubt, .interrupted), (.inDoubt, .unknown): true
        default: false
        }
    }

    /// Sends the request under this fence.
    func start(fence: Fence) {
        exchange.loop.upstream.acquire { result in
            switch result {
            case .failure(let failure): self.upstreamFailed(failure)
            case .success(let connection):
                self.connection = connection
                connection.begin(self)
                connection.send(self.request.upstreamHead(fence: fence))
                connection.send(self.request.body)
                connection.sendEnd(trailers: nil)
            }
        }
    }

    /// Stops or resumes reading the answer, as the client takes it; without a client it is read to its end.
    func holdReads(_ hold: Bool) {
        if isStreaming { connection?.holdReads(hold) }
    }

    /// Sends the end of a streamed answer: its tombstone is stored.
    func finishStream() {
        guard let client = exchange.client else { return }
        if let lastPiece { client.send(lastPiece) }
        client.sendEnd()
    }

    private func stream(_ reason: Tombstone.Reason) {
        guard case .gathering = mode, var answer else { return }
        mode = .streaming(reason)
        exchange.client?.send(answer.status, HTTPHeaders(HopByHop.response(answer.headers)))
        let gathered = answer.body
        answer.body = ByteBuffer()
        self.answer = answer
        pass(gathered)
    }

    private func pass(_ piece: ByteBuffer) {
        passed += piece.readableBytes
        if let length = answer?.announcedLength, passed >= length {
            lastPiece = piece
        } else {
            exchange.client?.send(piece)
        }
        if let client = exchange.client { connection?.holdReads(!client.isWritable) }
    }

    private func finish(_ end: Execution.End) {
        self.end = end
        exchange.attemptEnded(end)
    }

    private func meaning(of answer: UpstreamAnswer) -> Execution.End {
        let settings = request.settings
        switch settings.statuses.disposition(of: Int(answer.status.code), headers: answer.headers) {
        case .release: return .retryable
        // Said by the upstream itself, it is final; guessed from the status, the interrupted policy decides.
        case .inDoubt: return answer.headers.contains(FieldName.outcome) ? .unknown : .interrupted
        case .store:
            guard case .streaming(let reason) = mode else { return .completed(answer.stored(under: settings).outcome) }
            let tombstone = Tombstone(reason: reason, status: Int(answer.status.code))
            return .completed(StoredAnswer.tombstone(tombstone).outcome)
        }
    }
}

extension UpstreamAttempt: UpstreamListener {
    func upstreamInformed(_ head: HTTPResponseHead) {}

    func upstreamAnswered(_ head: HTTPResponseHead) {
        let answer = UpstreamAnswer(head)
        self.answer = answer
        if let reason = answer.tombstoneReason(under: request.settings) { stream(reason) }
    }

    func upstreamSent(_ piece: ByteBuffer) {
        guard case .gathering = mode else { return pass(piece) }
        var piece = piece
        if answer?.body.readableBytes == 0 {
            answer?.body = piece
        } else {
            answer?.body.writeBuffer(&piece)
        }
        if let size = answer?.body.readableBytes, size > request.settings.maximumResponse { stream(.tooLarge) }
    }

    func upstreamEnded(trailers: HTTPHeaders?) {
        connection = nil
        guard var answer else { return }
        answer.hasTrailers = trailers != nil
        self.answer = answer
        finish(meaning(of: answer))
    }

    func upstreamReadCompleted() {
        if isStreaming { exchange.client?.flush() }
    }

    func upstreamWritabilityChanged(isWritable: Bool) {}

    func upstreamFailed(_ failure: UpstreamFailure) {
        connection = nil
        self.failure = failure
        finish(failure.nothingWasSent ? .retryable : .interrupted)
    }
}
