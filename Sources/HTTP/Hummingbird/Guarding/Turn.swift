import HTTPTypes
import Hummingbird
import Idempotency
import IdempotencyHTTP
import NIOCore
import Synchronization

/// The turn of one handler: what it made of the request, for its key and for its own caller.
final class Turn: Sendable {
    /// What the handler's own caller may get, once the execution has settled.
    enum Ended: Sendable {
        /// An answer that the key gets too.
        case stored(Response)
        /// An answer that the key does not get.
        case answered(Response)
        /// No answer.
        case threw(any Error)
    }

    private struct State {
        var ended: Ended?
        var stream: ResponseStream?
        var streamed: Response?
        var answer: Answer?
        var hasLeft = false
    }

    private let guarded: GuardedRequest
    private let state = Mutex(State())
    private let (begun, begin) = AsyncStream<Never>.makeStream()

    init(_ guarded: GuardedRequest) {
        self.guarded = guarded
    }

    /// How the handler ended; `nil` when it did not run, or runs.
    var ended: Ended? { state.withLock { $0.ended } }

    /// Returns when an answer has outgrown what is kept and streams, or when the task is cancelled.
    func streamBegun() async {
        for await _ in begun {}
    }

    /// The answer that streams, if one does; given away once.
    func takeStreamed() -> Response? {
        state.withLock { $0.streamed.take() }
    }

    /// The execution has its answer; a stream may end now.
    func answered(_ answer: Answer) {
        let stream = state.withLock { state in
            state.answer = answer
            return state.stream
        }
        stream?.settle(answer)
    }

    /// The caller has what it will get; a stream that it did not take is read by nobody.
    func leave() {
        // Outside the lock, since letting go of the answer abandons its stream.
        _ = state.withLock { state in
            state.hasLeft = true
            return state.streamed.take()
        }
    }

    /// Calls the handler and tells what its end means for the key.
    func run(_ handler: LentHandler) async -> (end: Execution.End, thrown: (any Error)?) {
        switch await handler.call(guarded.request) {
        case .threw(let error, let failure):
            end(.threw(error))
            return (Execution.End(failure), error)
        case .answered(var response, let said):
            let headers = Headers(response.headers)
            let disposition =
                said.map(Disposition.init)
                ?? guarded.settings.statuses.disposition(of: response.status.code, headers: headers)
            response.headers.removeInternalHeaders()
            guard disposition == .store else {
                end(.answered(response))
                return (disposition == .release ? .retryable : .unknown, nil)
            }
            return await keep(response)
        }
    }

    /// Reads the body to its end, so that the answer is stored before its first byte goes out; if it cannot be kept, a
    /// tombstone takes its place.
    private func keep(_ response: Response) async -> (end: Execution.End, thrown: (any Error)?) {
        let settings = guarded.settings
        if let reason = response.reasonNotToKeep(settings) {
            end(.stored(response))
            return (.completed(response.tombstone(reason)), nil)
        }
        let sink = ResponseSink(limit: settings.maximumResponse) { self.stream(response) }
        do {
            try await response.body.write(sink)
        } catch {
            sink.stream?.fail()
            end(.threw(error))
            return (.interrupted, error)
        }
        if let stream = sink.stream {
            stream.end(trailers: sink.trailers)
            end(.stored(response))
            return (.completed(response.tombstone(.tooLarge)), nil)
        }
        let kept = settings.replay.stored(
            status: response.status.code, headers: Headers(response.headers),
            body: ArraySlice(sink.collected.readableBytesView), hasTrailers: sink.trailers != nil)
        var response = response
        response.body = sink.body
        end(.stored(response))
        return (.completed(StoredAnswer.response(kept).outcome), nil)
    }

    private func end(_ ended: Ended) {
        state.withLock { $0.ended = ended }
    }

    /// Hands the answer to its caller while it is still being written.
    private func stream(_ response: Response) -> ResponseStream {
        let stream = ResponseStream(unreadLimit: 64 * guarded.settings.maximumResponse)
        var streamed = response
        streamed.body = stream.body()
        let answer = state.withLock { state in
            state.stream = stream
            if !state.hasLeft { state.streamed = streamed }
            return state.answer
        }
        if let answer { stream.settle(answer) }
        begin.finish()
        return stream
    }
}

extension Disposition {
    /// What the handler said about its key.
    init(_ failure: Failure) {
        self =
            switch failure {
            case .retryable: .release
            case .final: .store
            case .unknown: .inDoubt
            }
    }
}

extension Execution.End {
    /// How an execution ends whose handler threw without an answer.
    init(_ failure: Failure?) {
        self =
            switch failure {
            case .retryable: .retryable
            case .unknown: .unknown
            case .final, nil: .interrupted
            }
    }
}
