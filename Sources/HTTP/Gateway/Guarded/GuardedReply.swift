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
    private let crossOrigin: CrossOriginRule?
    /// The memory that is held for a large replay until its client has taken it, in bytes.
    private let held: Int

    /// - Parameter loop: Where memory for a large replay is asked for; `nil` when nobody is there to take it.
    init(
        to request: GuardedRequest, answer: Answer, attempt: UpstreamAttempt?,
        under configuration: GatewayConfiguration, on loop: GatewayLoop?
    ) {
        self.request = request
        crossOrigin = configuration.crossOrigin
        outcome = Self.outcome(of: answer)
        let content = Self.content(of: answer, attempt: attempt, format: configuration.format)
        guard case .replay(let response) = content, response.body.count > MemoryBudget.smallAnswer, let loop else {
            (self.content, held) = (content, 0)
            return
        }
        let size = MemoryBudget.copiesOfAnswer * response.body.count
        if loop.memory.hold(size, for: .refusable) {
            (self.content, held) = (content, size)
        } else {
            let refusal = Refusal.overloaded(retryAfter: .seconds(1))
            (self.content, held) = (.refusal(configuration.format.response(to: refusal)), 0)
        }
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
        case .refusal(let response):
            client.send(response.readable(by: request.head.headers["Origin"], under: crossOrigin))
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
        case .mismatch, .inProgress, .superseded, .overQuota, .unavailable: break
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
        var headers = HopByHop.response(answer.headers)
        // Fields may follow a body only when it is chunked.
        if answer.trailers == nil { headers.set("Content-Length", String(answer.body.readableBytes)) }
        client.send(answer.status, headers)
        let size = answer.body.readableBytes
        if size > MemoryBudget.smallAnswer {
            // Its exchange is about to let its memory go, and the client may take its time.
            let loop = client.loop
            loop.memory.take(size)
            client.send(answer.body) { loop.memory.letGo(size) }
        } else {
            client.send(answer.body)
        }
        client.sendEnd(trailers: answer.trailers)
    }

    private func replay(_ response: StoredResponse, to client: any ClientExchange) {
        let origin = request.head.headers["Origin"]
        var headers = request.settings.replay.replayHeaders(of: response, origin: origin)
        crossOrigin?.grant(&headers, to: origin)
        headers.append("Content-Length", String(response.body.count))
        headers.append("Date", client.loop.date)
        client.send(HTTPResponseStatus(statusCode: response.status), headers)
        let body = ByteBuffer(bytes: response.body)
        if held > 0 {
            let loop = client.loop
            client.send(body) { [held] in loop.memory.letGo(held) }
        } else {
            client.send(body)
        }
        client.sendEnd()
    }

    private static func outcome(of answer: Answer) -> GatewayEvent.Outcome {
        switch answer {
        case .performed, .released: .executed
        case .replayed: .replayed
        case .mismatch: .mismatch
        case .inProgress: .inProgress
        case .inDoubt, .superseded: .inDoubt
        case .overQuota, .unavailable: .refused
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
