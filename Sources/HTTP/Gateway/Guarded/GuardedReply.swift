import Idempotency
import IdempotencyHTTP
import NIOCore
import NIOHTTP1

/// What a client is told at the end of a guarded request.
struct GuardedReply {
    private enum Content {
        /// The upstream's answer, gathered.
        case answer(UpstreamAnswer)
        /// The end of the upstream's answer, which was streamed.
        case endOfStream(HTTPResponseStatus)
        /// Nothing more: the answer that was begun cannot be ended.
        case breakOff(HTTPResponseStatus)
        /// An earlier answer.
        case replay(StoredResponse)
        /// A refusal.
        case refusal(PlainResponse)
    }

    let outcome: GatewayEvent.Outcome
    private let content: Content
    private let request: GuardedRequest

    init(to request: GuardedRequest, answer: Answer, attempt: UpstreamAttempt?, format: RefusalFormat) {
        self.request = request
        outcome = Self.outcome(of: answer)
        content = Self.content(of: answer, attempt: attempt, format: format)
    }

    /// The status that the client sees.
    var status: HTTPResponseStatus {
        switch content {
        case .answer(let answer): answer.status
        case .endOfStream(let status), .breakOff(let status): status
        case .replay(let response): HTTPResponseStatus(statusCode: response.status)
        case .refusal(let response): HTTPResponseStatus(statusCode: response.status)
        }
    }

    /// Sends what is still to be sent.
    func send(to client: any ClientExchange, attempt: UpstreamAttempt?) {
        switch content {
        case .answer(let answer): send(answer, to: client)
        case .endOfStream: attempt?.finishStream()
        case .breakOff: client.breakOff()
        case .replay(let response): replay(response, to: client)
        case .refusal(let response): client.send(response)
        }
    }

    private static func content(of answer: Answer, attempt: UpstreamAttempt?, format: RefusalFormat) -> Content {
        let refusal = Refusal(answer)
        if let attempt, attempt.isStreaming, let status = attempt.answer?.status {
            return refusal == nil && attempt.failure == nil ? .endOfStream(status) : .breakOff(status)
        }
        switch answer {
        case .replayed(let outcome): return content(of: outcome, format: format)
        // What the upstream said, or how it failed to, is what this caller gets, unless the record says otherwise.
        case .performed, .released, .inDoubt:
            guard let attempt, attempt.isTold(by: answer) else { break }
            if let failure = attempt.failure { return .refusal(format.response(to: Refusal(failure))) }
            if let answer = attempt.answer { return .answer(answer) }
        case .mismatch, .inProgress, .superseded, .unavailable: break
        }
        return .refusal(format.response(to: refusal ?? .superseded(retryAfter: .seconds(1))))
    }

    private static func content(of outcome: Outcome, format: RefusalFormat) -> Content {
        do throws(StoredAnswerError) {
            switch try StoredAnswer(outcome) {
            case .response(let response): return .replay(response)
            case .tombstone(let tombstone): return .refusal(format.response(to: .answerNotKept(tombstone)))
            }
        } catch {
            return .refusal(format.response(to: .recordUnreadable))
        }
    }

    private func send(_ answer: UpstreamAnswer, to client: any ClientExchange) {
        var headers = HTTPHeaders(HopByHop.response(answer.headers))
        headers.replaceOrAdd(name: "Content-Length", value: String(answer.body.readableBytes))
        client.send(answer.status, headers)
        client.send(answer.body)
        client.sendEnd()
    }

    private func replay(_ response: StoredResponse, to client: any ClientExchange) {
        let origin = request.head.headers["Origin"]
        var headers = HTTPHeaders(request.settings.replay.replayHeaders(of: response, origin: origin))
        headers.add(name: "Content-Length", value: String(response.body.count))
        headers.add(name: "Date", value: client.loop.date)
        client.send(HTTPResponseStatus(statusCode: response.status), headers)
        client.send(ByteBuffer(bytes: response.body))
        client.sendEnd()
    }

    private static func outcome(of answer: Answer) -> GatewayEvent.Outcome {
        switch answer {
        case .performed, .released: .executed
        case .replayed: .replayed
        case .mismatch: .mismatch
        case .inProgress: .inProgress
        case .inDoubt, .superseded: .inDoubt
        case .unavailable: .refused
        }
    }
}

extension Refusal {
    /// What a client hears when the upstream gave no answer.
    init(_ failure: UpstreamFailure) {
        self =
            switch failure {
            case .unreachable: ExchangeFailure.neverConnected.refusal()
            case .busy: .overloaded(retryAfter: .seconds(1))
            case .brokeOff, .malformed: ExchangeFailure.brokeOff.refusal()
            case .timedOut: ExchangeFailure.timedOut.refusal()
            }
    }
}
