import NIOCore

/// The keep-alive connections of one event loop to one address of an upstream.
///
/// The connection used last is used next, so that the others grow old and are closed. Everything happens on the loop.
final class UpstreamPool {
    typealias Acquired = (Result<UpstreamConnection, UpstreamFailure>) -> Void

    /// How much there may be at a time.
    struct Limits {
        let open: Int
        let waiting: Int
    }

    private struct Waiting {
        let deadline: NIODeadline
        let completion: Acquired
    }

    let address: UpstreamAddress
    let timeouts: UpstreamTimeouts
    private let transport: UpstreamTransport
    private let limits: Limits
    private let eventLoop: any EventLoop
    private var idle: [UpstreamConnection] = []
    private var all: [ObjectIdentifier: UpstreamConnection] = [:]
    private var connecting = 0
    private var waiting = CircularBuffer<Waiting>()
    private var isRetired = false

    init(
        _ address: UpstreamAddress, transport: UpstreamTransport, timeouts: UpstreamTimeouts, limits: Limits,
        on eventLoop: any EventLoop
    ) {
        self.address = address
        self.transport = transport
        self.timeouts = timeouts
        self.limits = limits
        self.eventLoop = eventLoop
    }

    /// Whether there is no connection, and nobody who waits for one.
    var isEmpty: Bool { all.isEmpty && connecting == 0 && waiting.isEmpty }

    /// A connection that is there, unused, and open as far as anyone can know.
    func idleConnection() -> UpstreamConnection? {
        while let connection = idle.popLast() {
            if connection.isOpen {
                lend(connection)
                return connection
            }
            connection.close()
        }
        return nil
    }

    /// Makes a connection within `time`, or waits for one until `deadline` when there are as many as there may be.
    func acquire(connectingWithin time: TimeAmount, until deadline: NIODeadline, _ completion: @escaping Acquired) {
        if all.count + connecting < limits.open {
            connect(within: time, completion)
        } else if waiting.count < limits.waiting {
            waiting.append(Waiting(deadline: deadline, completion: completion))
        } else {
            completion(.failure(.busy))
        }
    }

    /// Takes back a connection whose exchange is complete, or was not begun.
    func release(_ connection: UpstreamConnection) {
        if !waiting.isEmpty { return waiting.removeFirst().completion(.success(connection)) }
        takeBack(connection)
        if isRetired { return connection.close() }
        connection.rest()
        idle.append(connection)
    }

    /// Forgets a connection that has ended.
    func closed(_ connection: UpstreamConnection) {
        takeBack(connection)
        all[ObjectIdentifier(connection)] = nil
        idle.removeAll { $0 === connection }
        serveWaiting()
    }

    /// Takes no further care of a connection that was switched to another protocol, nor counts it among those for
    /// requests; its end is told all the same.
    func letGo(_ connection: UpstreamConnection) {
        all[ObjectIdentifier(connection)] = nil
        serveWaiting()
    }

    /// Lets connections and waiting requests look at the time.
    func tick(now: NIODeadline) {
        for connection in all.values { connection.tick(now: now) }
        while let first = waiting.first, first.deadline <= now {
            waiting.removeFirst().completion(.failure(.busy))
        }
    }

    /// Keeps no connection any longer than its exchange takes.
    func retire() {
        isRetired = true
        for connection in idle { connection.close() }
    }

    /// Closes every connection, whatever it is doing.
    func closeAll() {
        for connection in all.values { connection.close() }
    }

    private func lend(_ connection: UpstreamConnection) {
        connection.isLent = true
        address.enter()
    }

    private func takeBack(_ connection: UpstreamConnection) {
        guard connection.isLent else { return }
        connection.isLent = false
        address.leave()
    }

    private func serveWaiting() {
        guard !waiting.isEmpty, all.count + connecting < limits.open else { return }
        connect(within: timeouts.connect, waiting.removeFirst().completion)
    }

    private func connect(within time: TimeAmount, _ completion: @escaping Acquired) {
        connecting += 1
        let pool = NIOLoopBound(self, eventLoop: eventLoop)
        let limits = transport.limits
        transport.connect(to: address, within: time, on: eventLoop) {
            UpstreamConnection(pool: pool.value, limits: limits)
        }
        .assumeIsolated()
        .flatMapThrowing { try $0.pipeline.syncOperations.handler(type: UpstreamConnection.self) }
        .whenComplete { result in self.connected(result, completion) }
    }

    private func connected(_ result: Result<UpstreamConnection, any Error>, _ completion: Acquired) {
        connecting -= 1
        switch result {
        case .success(let connection):
            address.connected()
            all[ObjectIdentifier(connection)] = connection
            lend(connection)
            completion(.success(connection))
        case .failure(let error):
            address.connectFailed(error)
            completion(.failure(.unreachable))
            serveWaiting()
        }
    }
}
