import Idempotency
import Logging
import NIOCore
import Synchronization

/// The primaries of a Redis Cluster: each has the keys of its slots, and tells when a key lies elsewhere.
///
/// The table of slots is learned from any node, and again whenever one tells that it has changed, is lost, or after
/// half a minute. A request that met the wrong node goes to the right one; five times at most.
final class ClusterNodes: NodeSet {
    private struct State {
        var topology = Topology()
        var nodes: [ServerAddress: ServerNode] = [:]
        var isRefreshing = false
        /// Whether the table has changed since the question that is under way was asked.
        var isStale = false
        var lastRefresh = NIODeadline.uptimeNanoseconds(0)
        var isClosed = false
    }

    private static let maximumHops = 5
    private static let interval = TimeAmount.seconds(30)
    private static let shortestInterval = TimeAmount.milliseconds(100)

    private let context: StoreContext
    private let seeds: [ServerAddress]
    private let state = Mutex(State())

    init(_ seeds: [ServerAddress], _ context: StoreContext) {
        self.seeds = seeds
        self.context = context
    }

    func submit(_ request: ServerRequest, id: RecordID) {
        submit(request, slot: Slot.of(context.encoding.keys.key(id).utf8))
    }

    private func submit(_ request: ServerRequest, slot: Int) {
        let node = state.withLock { state in state.topology.primary(of: slot).flatMap { state.nodes[$0] } }
        if let node { return node.exchanges.submit(request) }
        context.loop.execute { self.refresh() }
        request.completion(.failure(ServerFailure("CLUSTERDOWN Hash slot not served").error))
    }

    func nodes() async throws(StoreError) -> [ServerNode] {
        let (nodes, isComplete) = state.withLock { state in
            (state.topology.primaries.compactMap { state.nodes[$0] }, state.topology.isComplete)
        }
        guard isComplete else { throw ServerFailure("CLUSTERDOWN Not all slots are served").error }
        return nodes
    }

    var layout: String { state.withLock { $0.topology.description } }

    func connect() async throws(StoreError) {
        let result: Result<Void, StoreError> = await withCheckedContinuation { continuation in
            context.loop.execute { self.learn { continuation.resume(returning: $0) } }
        }
        try result.get()
        for node in try await nodes() { try await node.exchanges.connect() }
        context.loop.execute { self.scheduleRefresh() }
    }

    /// Any node: messages reach all of them.
    func locateAny(_ loop: any EventLoop) -> EventLoopFuture<ServerAddress> {
        let nodes = state.withLock { $0.topology.primaries } + seeds
        return loop.makeSucceededFuture(nodes.randomElement() ?? ServerAddress(host: "127.0.0.1", port: 6379))
    }

    func close() async {
        let nodes = state.withLock { state in
            state.isClosed = true
            return Array(state.nodes.values)
        }
        for node in nodes { await node.close() }
    }

    // MARK: - The table

    private func scheduleRefresh() {
        context.loop.scheduleTask(in: Self.interval) { [weak self] in
            guard let self, !self.state.withLock({ $0.isClosed }) else { return }
            self.refresh()
            self.scheduleRefresh()
        }
    }

    /// Learns the table anew, unless that has just been done.
    private func refresh() {
        let wait: TimeAmount? = state.withLock { state in
            guard !state.isClosed, !state.isStale else { return nil }
            state.isStale = true
            guard !state.isRefreshing else { return nil }
            let next = state.lastRefresh + Self.shortestInterval
            return next > .now() ? next - .now() : .zero
        }
        guard let wait else { return }
        context.loop.scheduleTask(in: wait) { [weak self] in self?.learn { _ in } }
    }

    private func learn(_ completion: @escaping (Result<Void, StoreError>) -> Void) {
        let known = state.withLock { state in
            state.isRefreshing = true
            state.isStale = false
            return state.topology.nodes
        }
        ask((known + seeds.filter { !known.contains($0) })[...], heard: nil) { result in
            let isStale = self.state.withLock { state in
                state.isRefreshing = false
                state.lastRefresh = .now()
                return state.isStale
            }
            if case .success(let topology) = result { self.adopt(topology) }
            if isStale {
                self.state.withLock { $0.isStale = false }
                self.refresh()
            }
            completion(result.map { _ in () })
        }
    }

    private func ask(
        _ remaining: ArraySlice<ServerAddress>, heard: StoreError?,
        _ completion: @escaping (Result<Topology, StoreError>) -> Void
    ) {
        guard let address = remaining.first else {
            return completion(
                .failure(
                    StoreError(
                        heard?.code ?? .unavailable,
                        "No node of the Redis Cluster tells who has which keys: "
                            + (heard?.message ?? "none is named"), effect: .notApplied, cause: heard)))
        }
        OneQuestion.ask(["CLUSTER", "SLOTS"], of: address, context.configuration, context) { result in
            switch result.map({ Topology($0, asked: address) }) {
            case .success(let topology?) where topology.isComplete: completion(.success(topology))
            case .success: self.ask(remaining.dropFirst(), heard: heard ?? Self.incomplete, completion)
            case .failure(let error): self.ask(remaining.dropFirst(), heard: heard ?? error, completion)
            }
        }
    }

    private static let incomplete = StoreError(
        .unavailable, "Not all slots of the Redis Cluster are served.", effect: .notApplied)

    /// Takes a new table: makes nodes for new primaries and gives up those that are none any more.
    private func adopt(_ topology: Topology) {
        let gone = state.withLock { state -> [ServerNode] in
            guard !state.isClosed else { return [] }
            state.topology = topology
            var gone: [ServerNode] = []
            for (address, node) in state.nodes where topology.lowestSlot(of: address) != node.slot {
                gone.append(node)
                state.nodes[address] = nil
            }
            for address in topology.primaries where state.nodes[address] == nil {
                state.nodes[address] = make(address, slot: topology.lowestSlot(of: address))
            }
            return gone
        }
        for node in gone { node.retire() }
    }

    private func make(_ address: ServerAddress, slot: Int?) -> ServerNode {
        let node = ServerNode(
            context, locate: ServerConnector.fixed(address),
            marker: slot.map { context.encoding.keys.marker(tag: Slot.tag(for: $0)) }, slot: slot,
            redirect: { [weak self] in self?.redirect($0, $1) ?? false },
            lost: { [weak self] in self?.refresh() })
        node.startBeating()
        return node
    }

    // MARK: - Redirections

    /// Sends a request to where the server says that its key is.
    private func redirect(_ request: ServerRequest, _ failure: ServerFailure) -> Bool {
        switch failure.kind {
        case .moved, .ask: break
        case .clusterDown, .tryAgain:
            refresh()
            return false
        default: return false
        }
        guard request.hops < Self.maximumHops, let (slot, text) = failure.redirection,
            let address = ServerAddress(text)
        else { return false }
        let node = state.withLock { state -> ServerNode? in
            guard !state.isClosed else { return nil }
            if failure.kind == .moved { state.topology.move(slot, to: address) }
            if let node = state.nodes[address] { return node }
            let node = make(address, slot: failure.kind == .moved ? slot : nil)
            state.nodes[address] = node
            return node
        }
        guard let node else { return false }
        var request = request
        request.hops += 1
        request.isAsking = failure.kind == .ask
        if failure.kind == .moved { refresh() }
        node.exchanges.submit(request)
        return true
    }
}
