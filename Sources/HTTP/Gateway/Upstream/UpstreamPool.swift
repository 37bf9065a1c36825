import NIOCore
import NIOHTTP1
import NIOPosix

/// The keep-alive connections of one event loop to one upstream.
///
/// The connection used last is used next, so that the others grow old and are closed. Everything happens on the loop.
final class UpstreamPool {
    /// How long the pool and its connections wait.
    struct Timeouts {
        let connect: TimeAmount
        let answer: TimeAmount
        let idle: TimeAmount
    }

    typealias Acquired = (Result<UpstreamConnection, UpstreamFailure>) -> Void

    private struct Waiting {
        let deadline: NIODeadline
        let completion: Acquired
    }

    let origin: Origin
    let timeouts: Timeouts
    private let eventLoop: any EventLoop
    private let limits: GatewayLimits
    private let maximumOpen: Int
    private let maximumWaiting: Int
    private var idle: [UpstreamConnection] = []
    private var all: [ObjectIdentifier: UpstreamConnection] = [:]
    private var connecting = 0
    private var waiting = CircularBuffer<Waiting>()

    init(origin: Origin, configuration: GatewayConfiguration, share: Int, on eventLoop: any EventLoop) {
        self.origin = origin
        self.eventLoop = eventLoop
        limits = configuration.limits
        timeouts = Timeouts(
            connect: TimeAmount(configuration.timeouts.upstreamConnect),
            answer: TimeAmount(configuration.timeouts.upstreamAnswer),
            idle: TimeAmount(configuration.timeouts.upstreamIdle))
        maximumOpen = max(1, configuration.limits.upstreamConnections / share)
        maximumWaiting = max(1, configuration.limits.upstreamQueue / share)
    }

    /// Gives a connection that is open as far as anyone can know; `completion` may be called before this returns.
    func acquire(_ completion: @escaping Acquired) {
        while let connection = idle.popLast() {
            if connection.isOpen { return completion(.success(connection)) }
            connection.close()
        }
        if all.count + connecting < maximumOpen {
            connect(completion)
        } else if waiting.count < maximumWaiting {
            waiting.append(Waiting(deadline: .now() + timeouts.connect, completion: completion))
        } else {
            completion(.failure(.busy))
        }
    }

    /// Takes back a connection whose exchange is complete, or was not begun.
    func release(_ connection: UpstreamConnection) {
        if waiting.isEmpty {
            connection.rest()
            idle.append(connection)
        } else {
            waiting.removeFirst().completion(.success(connection))
        }
    }

    /// Forgets a connection that has ended.
    func closed(_ connection: UpstreamConnection) {
        all[ObjectIdentifier(connection)] = nil
        idle.removeAll { $0 === connection }
        serveWaiting()
    }

    /// Lets connections and waiting requests look at the time.
    func tick(now: NIODeadline) {
        for connection in all.values { connection.tick(now: now) }
        while let first = waiting.first, first.deadline <= now {
            waiting.removeFirst().completion(.failure(.busy))
        }
    }

    /// Closes every connection, whatever it is doing.
    func closeAll() {
        for connection in all.values { connection.close() }
    }

    private func serveWaiting() {
        guard !waiting.isEmpty, all.count + connecting < maximumOpen else { return }
        connect(waiting.removeFirst().completion)
    }

    private func connect(_ completion: @escaping Acquired) {
        connecting += 1
        let pool = NIOLoopBound(self, eventLoop: eventLoop)
        let limits = limits
        ClientBootstrap(group: eventLoop)
            .connectTimeout(timeouts.connect)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try UpstreamPipeline.install(on: channel, connection: .init(pool: pool.value), limits: limits)
                }
            }
            .connect(host: origin.host, port: origin.port)
            .assumeIsolated()
            .flatMapThrowing { try $0.pipeline.syncOperations.handler(type: UpstreamConnection.self) }
            .whenComplete { result in self.connected(result, completion) }
    }

    private func connected(_ result: Result<UpstreamConnection, any Error>, _ completion: Acquired) {
        connecting -= 1
        switch result {
        case .success(let connection):
            all[ObjectIdentifier(connection)] = connection
            completion(.success(connection))
        case .failure:
            completion(.failure(.unreachable))
            serveWaiting()
        }
    }
}
