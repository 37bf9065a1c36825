import Logging
import NIOCore
import Synchronization

/// One address of an upstream: what all event loops know of it together.
final class UpstreamAddress: Sendable {
    /// What tells two addresses apart.
    struct Identity: Hashable, Sendable {
        let origin: Origin
        let socket: SocketAddress
    }

    let identity: Identity
    let observer: any UpstreamObserver
    private let logger: Logger
    private let health = Mutex(UpstreamHealth())
    private let usable = Atomic<Bool>(true)
    private let reachable = Atomic<Bool>(true)
    private let exchanges = Atomic<Int>(0)

    init(_ identity: Identity, observer: any UpstreamObserver, logger: Logger) {
        self.identity = identity
        self.observer = observer
        self.logger = logger
    }

    var origin: Origin { identity.origin }
    var socket: SocketAddress { identity.socket }

    /// Whether requests go there.
    var isUsable: Bool { usable.load(ordering: .relaxed) }

    /// Whether health checks, if there are any, are content.
    var isWell: Bool { isUsable || health.withLock { $0.isWell } }

    /// Whether the last connection was made, as far as any was tried.
    var isReachable: Bool { reachable.load(ordering: .relaxed) }

    /// How many requests it works on, or are about to be sent to it, over all event loops.
    var outstanding: Int { exchanges.load(ordering: .relaxed) }

    /// Counts a request in.
    func enter() { exchanges.add(1, ordering: .relaxed) }

    /// Counts a request out.
    func leave() { exchanges.subtract(1, ordering: .relaxed) }

    /// A connection was made.
    func connected() {
        if isReachable { return }
        change { $0.connected() }
    }

    /// A connection could not be made, for this reason.
    func connectFailed(_ reason: any Error) {
        observer.connectFailed()
        change(because: "\(reason)") { $0.connectFailed(at: .now()) }
    }

    /// Whether a connection is to be tried now, with no request behind it.
    func beginsTrial() -> Bool {
        !isReachable && health.withLock { $0.beginsTrial(at: .now()) }
    }

    /// Something has changed that may help: if it is put aside, a connection is tried soon.
    func hurry() {
        health.withLock { $0.hurry(at: .now()) }
    }

    /// A health check was answered well, or was not, for this reason.
    func checked(_ complaint: String?, by check: UpstreamHealthCheck) {
        change(because: complaint) { $0.checked(isGood: complaint == nil, by: check) }
    }

    /// Health is not checked any more.
    func isNoLongerChecked() {
        change { health in
            health.isNoLongerChecked()
            return nil
        }
    }

    private func change(because reason: String? = nil, _ event: (inout UpstreamHealth) -> UpstreamHealth.Change?) {
        let change = health.withLock { health in
            let change = event(&health)
            usable.store(health.isUsable, ordering: .relaxed)
            reachable.store(health.isReachable, ordering: .relaxed)
            return change
        }
        guard let change else { return }
        var metadata: Logger.Metadata = [
            "idempotency.upstream": "\(origin)", "idempotency.address": "\(ListeningAddress(socket))",
        ]
        if let reason { metadata["idempotency.error"] = "\(reason)" }
        switch change {
        case .ejected: logger.warning("an address of the upstream cannot be reached", metadata: metadata)
        case .reconnected: logger.notice("an address of the upstream can be reached again", metadata: metadata)
        case .tookIll: logger.warning("an address of the upstream fails its health checks", metadata: metadata)
        case .recovered: logger.notice("an address of the upstream passes its health checks", metadata: metadata)
        }
    }
}

extension ListeningAddress {
    /// The numeric address and the port of a socket.
    init(_ socket: SocketAddress) {
        self.init(host: socket.ipAddress ?? "", port: socket.port ?? 0)
    }
}
