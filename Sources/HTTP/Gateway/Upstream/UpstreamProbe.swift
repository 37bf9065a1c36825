import IdempotencyHTTP
import NIOCore
import NIOHTTP1

/// One question to an address that no client waits for: whether it can be connected to, or what it answers to a `GET`.
/// On a connection of its own, which is closed then.
final class UpstreamProbe {
    private let check: UpstreamHealthCheck
    private let origin: Origin
    private let promise: EventLoopPromise<String?>
    private var connection: UpstreamConnection?

    private init(_ check: UpstreamHealthCheck, of origin: Origin, promise: EventLoopPromise<String?>) {
        self.check = check
        self.origin = origin
        self.promise = promise
    }

    /// Connects, and tells the address how that went.
    static func connect(
        to address: UpstreamAddress, over transport: UpstreamTransport, timeouts: GatewayTimeouts,
        on eventLoop: any EventLoop
    ) async {
        let connected = eventLoop.flatSubmit {
            let pool = pool(address, transport, timeouts, on: eventLoop)
            return acquire(from: pool, timeouts, on: eventLoop) { $0.close() }
        }
        try? await connected.get()
    }

    /// Asks, and tells the address whether the answer was a good one.
    static func ask(
        _ address: UpstreamAddress, by check: UpstreamHealthCheck, over transport: UpstreamTransport,
        timeouts: GatewayTimeouts, on eventLoop: any EventLoop
    ) async {
        let complaint = eventLoop.flatSubmit {
            let promise = eventLoop.makePromise(of: String?.self)
            let probe = UpstreamProbe(check, of: address.origin, promise: promise)
            let timeout = eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(check.patience)) { probe.giveUp() }
            promise.futureResult.whenComplete { _ in timeout.cancel() }
            acquire(from: pool(address, transport, timeouts, on: eventLoop), timeouts, on: eventLoop, probe.begin)
                .assumeIsolated()
                .whenFailure { _ in promise.succeed("it cannot be connected to") }
            return promise.futureResult
        }
        do {
            address.checked(try await complaint.get(), by: check)
        } catch {
            // The event loop has ended, and with it whoever would want to know.
        }
    }

    private static func pool(
        _ address: UpstreamAddress, _ transport: UpstreamTransport, _ timeouts: GatewayTimeouts,
        on eventLoop: any EventLoop
    ) -> UpstreamPool {
        UpstreamPool(
            address, transport: transport, timeouts: UpstreamTimeouts(timeouts), limits: .init(open: 1, waiting: 0),
            on: eventLoop)
    }

    private static func acquire(
        from pool: UpstreamPool, _ timeouts: GatewayTimeouts, on eventLoop: any EventLoop,
        _ use: @escaping (UpstreamConnection) -> Void
    ) -> EventLoopFuture<Void> {
        let promise = eventLoop.makePromise(of: Void.self)
        let time = TimeAmount(timeouts.upstreamConnect)
        pool.acquire(connectingWithin: time, until: .now() + time) { result in
            switch result {
            case .success(let connection):
                use(connection)
                promise.succeed(())
            case .failure(let failure): promise.fail(failure)
            }
        }
        return promise.futureResult
    }

    private func begin(on connection: UpstreamConnection) {
        self.connection = connection
        let headers: Headers = [
            "Host": origin.authority, "User-Agent": "once", "Accept": "*/*", "Connection": "close",
        ]
        connection.begin(self, isCounted: false)
        connection.send(RequestHead(method: "GET", target: check.path, headers: headers))
        connection.sendEnd(trailers: nil)
    }

    private func giveUp() {
        end("it did not answer in time")
    }

    private func end(_ complaint: String?) {
        connection?.cancel()
        connection = nil
        promise.succeed(complaint)
    }
}

extension UpstreamProbe: UpstreamListener {
    func upstreamInformed(_ head: AnswerHead) {}

    func upstreamAnswered(_ head: AnswerHead) {
        end((200...399).contains(head.status.code) ? nil : "it answered \(head.status.code)")
    }

    func upstreamSent(_ body: ByteBuffer) {}
    func upstreamEnded(trailers: Headers?) {}
    func upstreamReadCompleted() {}
    func upstreamWritabilityChanged(isWritable: Bool) {}

    func upstreamFailed(_ failure: UpstreamFailure) {
        connection = nil
        promise.succeed("it broke the exchange off")
    }
}
