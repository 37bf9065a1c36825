import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import Synchronization

/// Collects one answer, up to a limit, and remembers whether the request was on its way.
final class AnswerCollector: HTTPClientResponseDelegate {
    /// A whole answer.
    struct Answer: Sendable {
        var status = 0
        var headers = HTTPHeaders()
        var body = ByteBuffer()
    }

    /// An answer that is larger than any that is expected.
    struct TooLarge: Error {}

    private struct State {
        var isSent = false
        var answer = Answer()
    }

    private let limit: Int
    private let state = Mutex(State())

    init(limit: Int) {
        self.limit = limit
    }

    /// Whether anything of the request may have reached the server.
    var isSent: Bool { state.withLock { $0.isSent } }

    func didSendRequestHead(task: HTTPClient.Task<Answer>, _ head: HTTPRequestHead) {
        state.withLock { $0.isSent = true }
    }

    func didReceiveHead(task: HTTPClient.Task<Answer>, _ head: HTTPResponseHead) -> EventLoopFuture<Void> {
        state.withLock { state in
            state.isSent = true
            state.answer.status = Int(head.status.code)
            state.answer.headers = head.headers
        }
        return task.eventLoop.makeSucceededVoidFuture()
    }

    func didReceiveBodyPart(task: HTTPClient.Task<Answer>, _ buffer: ByteBuffer) -> EventLoopFuture<Void> {
        let fits = state.withLock { state in
            guard state.answer.body.readableBytes + buffer.readableBytes <= limit else { return false }
            state.answer.body.writeImmutableBuffer(buffer)
            return true
        }
        return fits ? task.eventLoop.makeSucceededVoidFuture() : task.eventLoop.makeFailedFuture(TooLarge())
    }

    func didFinishRequest(task: HTTPClient.Task<Answer>) throws -> Answer { state.withLock { $0.answer } }
}
