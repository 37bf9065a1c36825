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
        /// Passed on as it comes; its header has gone to the client already.
        case streaming(Tombstone.Reason)
        /// Thrown away: it cannot be stored, and nobody waits for it any more.
        case discarding(Tombstone.Reason)
    }

    private(set) var answer: UpstreamAnswer?
    private(set) var failure: UpstreamFailure?
    private var end: Execution.End?
    /// How it ended after the time-out, if it has.
    private var lateEnd: Execution.End?
    /// It has timed out, and is kept open only for the record's sake.
    private var isLate = false
    private let settings: RouteSettings
    private let exchange: GuardedExchange
    private var connection: UpstreamConnection?
    private var mode = Mode.gathering
    private var passed = 0
    /// The memory that the answer has a place in, in bytes of the answer.
    private var place: Int
    /// The last piece of a streamed body of announced length.
    private var lastPiece: ByteBuffer?

    init(for exchange: GuardedExchange) {
        self.exchange = exchange
        settings = exchange.request.settings
        place = MemoryBudget.placeForAnswer(under: settings) / MemoryBudget.copiesOfAnswer
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

    /// The client is about to be told. An end that came after the time-out but before this counts.
    func willBeTold(_ answer: Answer) {
        switch answer {
        case .performed, .released:
            guard let lateEnd, case .gathering = mode else { return }
            end = lateEnd
            failure = nil
        case .replayed, .mismatch, .inProgress, .inDoubt, .superseded, .overQuota, .unavailable: return
        }
    }

    /// Sends the request under this fence, unless its lease has ended before there was a connection: by then another
    /// attempt may be at the upstream.
    func start(fence: Fence) {
        exchange.epoch.upstream.acquire { result in
            switch result {
            case .failure(let failure): self.upstreamFailed(failure)
            case .success(let connection):
                guard self.exchange.holdsLease else {
                    self.upstreamFailed(.busy)
                    return connection.giveBack()
                }
                self.connection = connection
                connection.begin(self)
                connection.send(self.exchange.request.upstreamHead(fence: fence))
                connection.send(self.exchange.request.body)
                connection.sendEnd(trailers: nil)
            }
        }
    }

    /// Stops or resumes reading the answer, as the client takes it; without a client it is read to its end.
    func holdReads(_ hold: Bool) {
        if isStreaming, !isLate { connection?.holdReads(hold) }
    }

    /// Sends the end of a streamed answer: its tombstone is stored.
    func finishStream() {
        guard let client = exchange.client else { return }
        if let lastPiece { client.send(lastPiece) }
        client.sendEnd(trailers: answer?.trailers)
    }

    private func stream(_ reason: Tombstone.Reason) {
        guard case .gathering = mode, var answer else { return }
        guard !isLate else {
            mode = .discarding(reason)
            self.answer?.body = ByteBuffer()
            return
        }
        mode = .streaming(reason)
        exchange.client?.send(answer.status, HopByHop.response(answer.headers))
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

    /// Whether there is room for this much of the answer.
    private func hasRoom(for size: Int) -> Bool {
        guard size > place else { return true }
        // By doubling, so that a long answer asks seldom; never for more than is ever gathered.
        let wanted = max(size, min(2 * place, settings.maximumResponse))
        guard exchange.hold(MemoryBudget.copiesOfAnswer * (wanted - place)) else { return false }
        place = wanted
        return true
    }

    private func meaning(of answer: UpstreamAnswer) -> Execution.End {
        switch settings.statuses.disposition(of: Int(answer.status.code), headers: answer.headers) {
        case .release: return .retryable
        // Said by the upstream itself, it is final; guessed from the status, the interrupted policy decides.
        case .inDoubt: return answer.headers.contains(FieldName.outcome) ? .unknown : .interrupted
        case .store:
            switch mode {
            case .gathering: return .completed(answer.stored(under: settings).outcome)
            case .streaming(let reason), .discarding(let reason):
                let tombstone = Tombstone(reason: reason, status: Int(answer.status.code))
                return .completed(StoredAnswer.tombstone(tombstone).outcome)
            }
        }
    }
}

extension UpstreamAttempt: UpstreamListener {
    func upstreamInformed(_ head: AnswerHead) {
        // The body is here already, whatever "continue" was meant for.
        guard !isLate, head.status != .continue else { return }
        exchange.client?.inform(head.status, ForwardedHead.answer(head))
    }

    func upstreamAnswered(_ head: AnswerHead) {
        let answer = UpstreamAnswer(head)
        self.answer = answer
        if let reason = answer.tombstoneReason(under: settings) { stream(reason) }
    }

    func upstreamSent(_ piece: ByteBuffer) {
        switch mode {
        case .gathering: gather(piece)
        case .streaming where !isLate: pass(piece)
        case .streaming, .discarding: return
        }
    }

    private func gather(_ piece: ByteBuffer) {
        var piece = piece
        let size = (answer?.body.readableBytes ?? 0) + piece.readableBytes
        let reason: Tombstone.Reason? =
            if size > settings.maximumResponse { .tooLarge } else if hasRoom(for: size) { nil } else { .noRoom }
        if answer?.body.readableBytes == 0 {
            answer?.body = piece
        } else {
            answer?.body.writeBuffer(&piece)
        }
        if let reason { stream(reason) }
    }

    func upstreamEnded(trailers: Headers?) {
        connection = nil
        guard var answer else { return }
        answer.trailers = ForwardedHead.trailers(trailers)
        self.answer = answer
        let end = meaning(of: answer)
        guard isLate else { return finish(end) }
        lateEnd = end
        exchange.attemptEndedLate(end)
    }

    func upstreamReadCompleted() {
        if isStreaming, !isLate { exchange.client?.flush() }
    }

    func upstreamWritabilityChanged(isWritable: Bool) {}

    func upstreamFellSilent() -> TimeAmount? {
        guard let time = exchange.keepOpen() else { return nil }
        isLate = true
        failure = .timedOut
        finish(.interrupted)
        return time
    }

    func upstreamFailed(_ failure: UpstreamFailure) {
        connection = nil
        guard !isLate else { return exchange.attemptEndedLate(nil) }
        self.failure = failure
        finish(failure.nothingWasSent ? .retryable : .interrupted)
    }
}
