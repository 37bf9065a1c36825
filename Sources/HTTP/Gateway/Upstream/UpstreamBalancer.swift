import NIOCore

/// Chooses the address for each request of one event loop: the usable one with the fewest requests outstanding, in turn
/// among equals.
///
/// As long as no connection is made nothing was sent, so the next address is tried then, also for a guarded request.
/// From the moment that a connection is handed over nothing is chosen again.
final class UpstreamBalancer {
    private let eventLoop: any EventLoop
    private let transport: UpstreamTransport
    private let timeouts: UpstreamTimeouts
    private let limits: UpstreamPool.Limits
    private var pools: [UpstreamPool] = []
    /// Pools of addresses that are no longer the upstream's, as long as something is under way there.
    private var retired: [UpstreamPool] = []
    private var turn = 0

    /// - Parameter share: How many event loops share the limits.
    init(
        transport: UpstreamTransport, configuration: GatewayConfiguration, share: Int, on eventLoop: any EventLoop
    ) {
        self.eventLoop = eventLoop
        self.transport = transport
        timeouts = UpstreamTimeouts(configuration.timeouts)
        limits = UpstreamPool.Limits(
            open: max(1, configuration.limits.upstreamConnections / share),
            waiting: max(1, configuration.limits.upstreamQueue / share))
    }

    /// Whether nothing is under way.
    var isEmpty: Bool { pools.allSatisfy(\.isEmpty) && retired.allSatisfy(\.isEmpty) }

    /// Gives a connection that is open as far as anyone can know; `completion` may be called before this returns.
    func acquire(_ completion: @escaping UpstreamPool.Acquired) {
        guard let pool = choose(from: pools) else { return completion(.failure(.unreachable)) }
        if let connection = pool.idleConnection() { return completion(.success(connection)) }
        attempt(pool, besides: pools, until: .now() + timeouts.connect, completion)
    }

    /// These are the addresses from now on.
    func use(_ addresses: [UpstreamAddress]) {
        var before = pools
        pools = addresses.map { address in
            if let index = before.firstIndex(where: { $0.address === address }) { return before.remove(at: index) }
            return UpstreamPool(address, transport: transport, timeouts: timeouts, limits: limits, on: eventLoop)
        }
        for pool in before { pool.retire() }
        retired += before
    }

    /// Makes no further connection than what is under way needs.
    func retire() {
        for pool in pools { pool.retire() }
    }

    /// Lets everything look at the time.
    func tick(now: NIODeadline) {
        for pool in pools { pool.tick(now: now) }
        guard !retired.isEmpty else { return }
        for pool in retired { pool.tick(now: now) }
        retired.removeAll(where: \.isEmpty)
    }

    /// Closes every connection, whatever it is doing.
    func closeAll() {
        for pool in pools + retired { pool.closeAll() }
    }

    /// Tries for a connection at `pool`, then at the others that were not tried yet. Each gets its share of the time
    /// that is left, so that one which swallows packets leaves some for the next.
    private func attempt(
        _ pool: UpstreamPool, besides candidates: [UpstreamPool], until deadline: NIODeadline,
        _ completion: @escaping UpstreamPool.Acquired
    ) {
        let others = candidates.filter { $0 !== pool }
        let left = deadline - .now()
        let time = TimeAmount.nanoseconds(max(left.nanoseconds, 0) / Int64(others.count + 1))
        pool.address.enter()
        pool.acquire(connectingWithin: max(time, Self.shortest), until: deadline) { result in
            pool.address.leave()
            guard case .failure(.unreachable) = result, NIODeadline.now() < deadline,
                let next = self.choose(from: others)
            else { return completion(result) }
            if let connection = next.idleConnection() { return completion(.success(connection)) }
            self.attempt(next, besides: others, until: deadline, completion)
        }
    }

    /// The usable address with the fewest requests. When none is usable, one that is only known for failed connections:
    /// it costs no more than another try. One that fails its health checks gets no request.
    private func choose(from candidates: [UpstreamPool]) -> UpstreamPool? {
        if candidates.count == 1 { return candidates[0].address.isWell ? candidates[0] : nil }
        return fewest(candidates) { $0.isUsable } ?? fewest(candidates) { $0.isWell }
    }

    private func fewest(_ candidates: [UpstreamPool], where fits: (UpstreamAddress) -> Bool) -> UpstreamPool? {
        var best: (pool: UpstreamPool, outstanding: Int)?
        for offset in candidates.indices {
            let pool = candidates[(turn + offset) % candidates.count]
            guard fits(pool.address) else { continue }
            let outstanding = pool.address.outstanding
            if outstanding < best?.outstanding ?? .max { best = (pool, outstanding) }
        }
        if best != nil { turn = (turn + 1) % candidates.count }
        return best?.pool
    }

    private static let shortest = TimeAmount.milliseconds(50)
}
