import Idempotency
import NIOCore

/// Everything that one event loop owns; nothing in it is touched from elsewhere.
final class GatewayLoop {
    let shared: GatewayShared
    let configuration: GatewayConfiguration
    let eventLoop: any EventLoop
    let upstream: UpstreamPool
    let mailbox: Mailbox
    let times: ClientTimes
    let clock = SystemLocalClock()
    var randomness = SystemRandomNumberGenerator()
    var dates = DateClock()
    var exchanges: [ObjectIdentifier: GuardedExchange] = [:]
    var memory: MemoryBudget
    /// Exchanges with the upstream that are kept open after their time-out.
    var keptOpen = 0
    var scopeDigests: [Scope: String] = [:]
    var inquiryPool: UpstreamPool?
    private(set) var isDraining = false
    private var connections: [ObjectIdentifier: any ClientConnection] = [:]

    init(_ shared: GatewayShared, on eventLoop: any EventLoop) {
        self.shared = shared
        configuration = shared.configuration
        self.eventLoop = eventLoop
        memory = MemoryBudget(limit: shared.configuration.limits.heldBodies / shared.loops)
        mailbox = Mailbox(on: eventLoop)
        times = ClientTimes(shared.configuration.timeouts)
        upstream = UpstreamPool(
            origin: shared.configuration.upstream, configuration: shared.configuration, share: shared.loops,
            on: eventLoop)
    }

    /// Lets a connection look at the time from now on.
    func opened(_ connection: any ClientConnection) {
        connections[ObjectIdentifier(connection)] = connection
    }

    /// Forgets a connection that has ended, or that another handler has taken over.
    func closed(_ connection: any ClientConnection) {
        connections[ObjectIdentifier(connection)] = nil
    }

    /// Lets what is in flight come to its end: connections without a request are closed, the others after their answer.
    func drain() {
        isDraining = true
        for connection in connections.values { connection.drain() }
    }

    /// Breaks off what is in flight. Attempts that were under way are settled by the interrupted policy, as far as that
    /// takes no more than a write.
    func breakOff() {
        for exchange in exchanges.values { exchange.breakOff() }
        for connection in connections.values { connection.close() }
        upstream.closeAll()
        inquiryPool?.closeAll()
    }

    /// Ends the loop's work for good.
    func stop() {
        mailbox.close()
    }

    /// Lets everything with a time-out look at the time.
    func tick() {
        let now = NIODeadline.now()
        for connection in connections.values { connection.tick(now: now) }
        upstream.tick(now: now)
        inquiryPool?.tick(now: now)
        let moment = clock.now
        for exchange in exchanges.values { exchange.tick(now: moment) }
    }
}
