import AsyncAlgorithms
import HTTPTypes
import Hummingbird
import Idempotency
import NIOCore
import Synchronization

/// An answer that is written in the task of its execution and read in the task of its caller, chunk by chunk.
///
/// Its end goes out only after the tombstone is stored. When the caller hangs up, the writer goes on without it, for a
/// while: a handler that would write for ever must not.
final class ResponseStream: Sendable {
    private struct State {
        var trailers: HTTPFields?
        var hasFailed = false
        var isAbandoned = false
        var unread = 0
        var deadline: ContinuousClock.Instant?
    }

    /// How long a writer may go on that nobody reads: as long as a slow download takes.
    static let unreadPatience: Duration = .seconds(60)

    private let state = Mutex(State())
    private let chunks = AsyncChannel<ByteBuffer>()
    private let (answers, answer) = AsyncStream<Answer>.makeStream()
    private let unreadLimit: Int

    /// - Parameter unreadLimit: How much a writer may go on writing that nobody reads, in bytes.
    init(unreadLimit: Int) {
        self.unreadLimit = unreadLimit
    }

    /// The body for the caller. When it is dropped, read or not, the stream is abandoned.
    func body() -> ResponseBody {
        let reader = Reader(self)
        return ResponseBody { writer in try await reader.stream.copy(to: &writer) }
    }

    /// Hands a chunk on and waits until it is taken.
    ///
    /// - Throws: `CancellationError` when the execution lost its lease, or nobody has read for too long.
    func send(_ buffer: ByteBuffer) async throws {
        let goesOn = state.withLock { state in
            guard state.isAbandoned else { return true }
            state.unread += buffer.readableBytes
            return state.unread <= unreadLimit && state.deadline.map { ContinuousClock.now < $0 } ?? true
        }
        guard goesOn else { throw CancellationError() }
        await chunks.send(buffer)
        try Task.checkCancellation()
    }

    /// The whole body was written.
    func end(trailers: HTTPFields?) {
        state.withLock { $0.trailers = trailers }
        chunks.finish()
    }

    /// The writer gave up in the middle of the body.
    func fail() {
        state.withLock { $0.hasFailed = true }
        chunks.finish()
        answer.finish()
    }

    /// The execution has its answer.
    func settle(_ answer: Answer) {
        self.answer.yield(answer)
        self.answer.finish()
    }

    /// Nobody reads any more.
    func abandon() {
        state.withLock { state in
            guard !state.isAbandoned else { return }
            state.isAbandoned = true
            state.deadline = ContinuousClock.now + Self.unreadPatience
        }
        chunks.finish()
    }

    private func copy(to writer: inout any ResponseBodyWriter) async throws {
        for await chunk in chunks { try await writer.write(chunk) }
        try Task.checkCancellation()
        guard !state.withLock({ $0.hasFailed }) else { throw Broken.byHandler }
        for await answer in answers {
            guard case .performed = answer else { throw Broken.notStored }
            return try await writer.finish(state.withLock { $0.trailers })
        }
        throw Broken.notStored
    }

    /// Why an answer ends without its last byte, so that the caller knows that it is not whole.
    private enum Broken: Error {
        case byHandler
        case notStored
    }

    /// Abandons the stream when the body that reads it is gone.
    private final class Reader: Sendable {
        let stream: ResponseStream

        init(_ stream: ResponseStream) {
            self.stream = stream
        }

        deinit { stream.abandon() }
    }
}
