import Logging
import NIOCore
import Synchronization

/// The addresses of the configured upstreams, as far as they are known.
///
/// An address that stays keeps what is known of its health, also when the configuration is reloaded.
final class UpstreamDirectory: Sendable {
    private struct State {
        var origins: [Origin] = []
        var addresses: [UpstreamAddress] = []
        var observers: [Origin: any UpstreamObserver] = [:]
    }

    private let state = Mutex(State())
    private let makeObserver: @Sendable (Origin) -> any UpstreamObserver
    private let logger: Logger

    init(logger: Logger, observer: @escaping @Sendable (Origin) -> any UpstreamObserver) {
        self.logger = logger
        makeObserver = observer
    }

    /// All addresses, in the order of the upstreams.
    var addresses: [UpstreamAddress] { state.withLock { $0.addresses } }

    /// Whether an upstream has none: its name was not found so far.
    var isIncomplete: Bool {
        state.withLock { state in
            state.origins.contains { origin in !state.addresses.contains { $0.origin == origin } }
        }
    }

    /// Whether an upstream is called by a name, whose addresses may change.
    var hasNames: Bool {
        state.withLock { $0.origins.contains { HostResolver.literal($0.host, port: $0.port) == nil } }
    }

    /// How the upstreams are.
    var statuses: [UpstreamStatus] {
        state.withLock { state in
            state.origins.map { origin in
                let addresses = state.addresses.filter { $0.origin == origin }
                return UpstreamStatus(
                    origin: origin, usableAddresses: addresses.count(where: \.isUsable), addresses: addresses.count,
                    outstanding: addresses.reduce(0) { $0 + $1.outstanding })
            }
        }
    }

    /// Looks the addresses of `origins` up and makes them the upstreams.
    func resolve(_ origins: [Origin]) async {
        let found = await lookUp(origins)
        state.withLock { state in
            adopt(origins, found, in: &state)
            for address in state.addresses { address.hurry() }
        }
    }

    /// Looks the addresses of the upstreams up again. One that cannot be looked up keeps those that it had.
    ///
    /// - Returns: Whether anything has changed.
    func refresh() async -> Bool {
        let origins = state.withLock { $0.origins }
        let found = await lookUp(origins)
        return state.withLock { state in
            // Others may have become the upstreams meanwhile.
            state.origins == origins && adopt(origins, found, in: &state)
        }
    }

    private func lookUp(_ origins: [Origin]) async -> [Origin: [SocketAddress]] {
        await withTaskGroup(of: (Origin, [SocketAddress]?).self) { group in
            for origin in Set(origins) { group.addTask { (origin, await self.lookUp(origin)) } }
            return await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
        }
    }

    @discardableResult
    private func adopt(_ origins: [Origin], _ found: [Origin: [SocketAddress]], in state: inout State) -> Bool {
        let before = state.addresses
        var after: [UpstreamAddress] = []
        for origin in origins where !after.contains(where: { $0.origin == origin }) {
            let known = before.filter { $0.origin == origin }
            guard let sockets = found[origin] else {
                after += known
                continue
            }
            let observer = state.observers[origin] ?? makeObserver(origin)
            state.observers[origin] = observer
            after += sockets.map { socket in
                known.first { $0.socket == socket }
                    ?? UpstreamAddress(.init(origin: origin, socket: socket), observer: observer, logger: logger)
            }
        }
        state.origins = origins
        state.addresses = after
        return Set(before.map(ObjectIdentifier.init)) != Set(after.map(ObjectIdentifier.init))
    }

    private func lookUp(_ origin: Origin) async -> [SocketAddress]? {
        do {
            return try await HostResolver.addresses(of: origin.host, port: origin.port)
        } catch {
            logger.warning(
                "the upstream's addresses cannot be looked up",
                metadata: ["idempotency.upstream": "\(origin)", "idempotency.error": "\(error)"])
            return nil
        }
    }
}
