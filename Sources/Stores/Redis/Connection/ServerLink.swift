import Idempotency
import Logging
import NIOCore
import Synchronization

/// A connection to a server that is made anew when it breaks, and what waits for it.
///
/// Requests come from any thread. What has come in one turn of the event loop is written together and flushed once.
/// What was written when a connection breaks is *unknown*; what was not is kept for the next one, until the first
/// attempt to make it has failed.
final class ServerLink: Sendable {
    private struct Inbox {
        var requests: [ServerRequest] = []
        var isAwake = false
        /// Why nothing is taken any more.
        var refusal: StoreError?
        /// How many have been taken and not answered.
        var count = 0
    }

    let loop: any EventLoop
    private let limit: Int
    private let inbox = Mutex(Inbox())
    private let line: NIOLoopBound<ServerLine>

    /// A link that connects when it first has something to send. Made on its event loop.
    init(_ line: ServerLine, limit: Int) {
        loop = line.loop
        self.limit = limit
        self.line = NIOLoopBound(line, eventLoop: line.loop)
        line.answered = { [weak self] count in self?.inbox.withLock { $0.count -= count } }
    }

    /// Takes a request. The completion is called on the event loop, or at once when the request is refused.
    func submit(_ request: ServerRequest) {
        enum Next { case wake, nothing, refuse(StoreError) }
        let next: Next = inbox.withLock { inbox in
            if let refusal = inbox.refusal { return .refuse(refusal) }
            guard !request.isCounted || inbox.count < limit else { return .refuse(Self.full) }
            if request.isCounted { inbox.count += 1 }
            inbox.requests.append(request)
            guard !inbox.isAwake else { return .nothing }
            inbox.isAwake = true
            return .wake
        }
        switch next {
        case .nothing: break
        case .wake: loop.execute { self.deliver() }
        case .refuse(let error): request.completion(.failure(error))
        }
    }

    /// Makes the connection unless there is one, and waits for the first attempt.
    func connect() async throws(StoreError) {
        let result = await withCheckedContinuation { continuation in
            loop.execute { self.line.value.connect { continuation.resume(returning: $0) } }
        }
        try result.get()
    }

    /// Closes the connection: refuses what waits, and waits for what is under way, no longer than its time-out.
    func close(saying farewell: [String]? = nil) async {
        inbox.withLock { $0.refusal = Self.closed }
        await withCheckedContinuation { continuation in
            loop.execute {
                self.deliver()
                self.line.value.close(saying: farewell) { continuation.resume() }
            }
        }
    }

    /// Closes the connection without waiting for anything; what comes from now on is refused for this reason.
    func abandon(because reason: StoreError = ServerLink.closed) {
        inbox.withLock { $0.refusal = reason }
        let line = line
        loop.execute { line.value.close(saying: nil, because: reason) {} }
    }

    private func deliver() {
        let requests = inbox.withLock { inbox in
            inbox.isAwake = false
            return exchange(&inbox.requests)
        }
        line.value.take(requests)
    }

    private func exchange(_ requests: inout [ServerRequest]) -> [ServerRequest] {
        defer {
            requests = []
            requests.reserveCapacity(min(limit, 64))
        }
        return requests
    }

    static let closed = StoreError(
        .shutDown, "The Redis store is closed; open it again to go on.", effect: .notApplied)
    private static let full = StoreError(
        .unavailable, "Too many exchanges wait for the Redis store; retry later with the same key.",
        effect: .notApplied)
}
