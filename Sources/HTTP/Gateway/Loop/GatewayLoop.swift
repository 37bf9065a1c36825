import Idempotency
import NIOCore

/// Everything that one event loop owns; nothing in it is touched from elsewhere.
final class GatewayLoop {
    let shared: GatewayShared
    let eventLoop: any EventLoop
    let mailbox: Mailbox
    let clock = SystemLocalClock()
    var dates = DateClock()
    var exchanges: [ObjectIdentifier: GuardedExchange] = [:]
    var memory: MemoryBudget
    /// Exchanges with the upstream that are kept open after their time-out.
    var keptOpen = 0
    var scopeDigests: [Scope: String] = [:]
    /// What new requests are served by.
    private(set) var epoch: Epoch
    private(set) var times: ClientTimes
    private(set) var isDraining = false
    /// Epochs that are over, as long as a request of theirs is in flight.
    private var retired: [Epoch] = []
    private var connections: [ObjectIdentifier: any ClientConnection] = [:]
    private var punctuality = Punctuality(now: .now())

    init(_ shared: GatewayShared, _ plan: Plan, on eventLoop: any EventLoop) {
        self.shared = shared
        self.eventLoop = eventLoop
        memory = MemoryBudget(limit: plan.configuration.limits.heldBodies / shared.loops)
        mailbox = Mailbox(on: eventLoop)
        epoch = Epoch(1, plan, shared.directories, share: shared.loops, on: eventLoop)
        times = ClientTimes(plan.configuration.timeouts)
    }

    /// What holds for new requests and connections.
    var configuration: GatewayConfiguration { epoch.configuration }

    /// Begins a new epoch: requests that come from now on are served by this plan.
    func adopt(_ plan: Plan) {
        epoch.retire()
        retired.append(epoch)
        epoch = Epoch(epoch.number + 1, plan, shared.directories, share: shared.loops, on: eventLoop)
        times = ClientTimes(plan.configuration.timeouts)
        memory.limit = plan.configuration.limits.heldBodies / shared.loops
    }

    /// The addresses of the upstreams have changed.
    func adoptAddresses() {
        epoch.adoptAddresses(shared.directories)
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
        for epoch in retired + [epoch] { epoch.closeAll() }
    }

    /// Ends the loop's work for good.
    func stop() {
        mailbox.close()
    }

    /// Lets everything with a time-out look at the time.
    func tick() {
        let now = NIODeadline.now()
        if punctuality.mayJudge(at: now) {
            for connection in connections.values { connection.tick(now: now) }
            epoch.tick(now: now)
            if !retired.isEmpty { tickRetired(now: now) }
        }
        let moment = clock.now
        for exchange in exchanges.values { exchange.tick(now: moment) }
    }

    /// A request holds on to its epoch until it ends, so that one which nobody else holds, and which has no connection
    /// left, is over.
    private func tickRetired(now: NIODeadline) {
        for index in retired.indices.reversed() {
            retired[index].tick(now: now)
            if retired[index].isQuiet, isKnownUniquelyReferenced(&retired[index]) { retired.remove(at: index) }
        }
    }
}
