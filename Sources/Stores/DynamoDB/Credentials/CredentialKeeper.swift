import AsyncHTTPClient
import Idempotency
import Logging
import NIOCore
import Synchronization

/// Has the credentials at hand, and gets new ones before they expire: one request, whoever waits for it.
final class CredentialKeeper: Sendable {
    private struct State {
        var current: Credentials?
        var isLoading = false
        var waiting: [EventLoopPromise<Credentials>] = []
        /// When they may be asked for again after a failure, on the boot clock.
        var pause: Duration = .zero
    }

    /// How long before their end new ones are got in the background: five minutes, the time that the endpoints of AWS
    /// have new ones ready before. In the last minute nobody uses the old ones any more.
    private static let renewal = Duration.seconds(300)
    private static let margin = Duration.seconds(60)
    /// How long no new attempt is made in the background after one that failed.
    private static let rest = Duration.seconds(10)

    private let source: any CredentialSource
    private let http: HTTPClient
    private let clock: ServerClock
    private let logger: Logger
    private let state = Mutex(State())

    init(_ source: any CredentialSource, http: HTTPClient, clock: ServerClock, logger: Logger) {
        self.source = source
        self.http = http
        self.clock = clock
        self.logger = logger
    }

    /// Credentials that hold. Fails with a `CredentialProblem`.
    func credentials(on loop: any EventLoop) -> EventLoopFuture<Credentials> {
        let reading = clock.read()
        let (usable, promise, loads) = state.withLock { state in
            let usable = state.current.flatMap { $0.holds(until: reading.now + Self.margin) ? $0 : nil }
            let isFresh = state.current?.holds(until: reading.now + Self.renewal) ?? false
            let mayLoad = usable == nil || reading.uptime >= state.pause
            let loads = !isFresh && !state.isLoading && mayLoad
            if loads { state.isLoading = true }
            guard usable == nil else { return (usable, nil as EventLoopPromise<Credentials>?, loads) }
            let promise = loop.makePromise(of: Credentials.self)
            state.waiting.append(promise)
            return (nil, promise, loads)
        }
        if loads { load(on: loop) }
        return promise?.futureResult ?? loop.makeSucceededFuture(usable ?? Credentials(accessKey: "", secretKey: ""))
    }

    /// The service has refused these: they are not used again.
    func drop() {
        state.withLock { $0.current = nil }
    }

    private func load(on loop: any EventLoop) {
        source.load(CredentialCall(http: http, loop: loop, clock: clock)).whenComplete { [self] result in
            let now = clock.read()
            let waiting = state.withLock { state in
                defer { state.waiting = [] }
                state.isLoading = false
                switch result {
                case .success(let credentials): state.current = credentials
                case .failure: state.pause = now.uptime + Self.rest
                }
                return state.waiting
            }
            if case .failure(let error) = result {
                logger.warning(
                    "There are no new credentials for DynamoDB",
                    metadata: ["idempotency.source": "\(source.name)", "idempotency.error": "\(error)"])
            }
            for promise in waiting { promise.completeWith(result) }
        }
    }
}

extension Credentials {
    fileprivate func holds(until time: Timestamp) -> Bool { expires.map { $0 > time } ?? true }
}
