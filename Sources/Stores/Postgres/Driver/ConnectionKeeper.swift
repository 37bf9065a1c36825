import Idempotency
import IdempotencyReconnecting
import Logging

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Keeps a connection, and makes a new one when it broke: with pauses that grow while the server cannot be reached, or
/// ends every session when it is first used.
struct ConnectionKeeper {
    let address: ServerAddress
    let configuration: PostgresStore.Configuration
    let isForExchanges: Bool
    let logger: Logger
    private(set) var current: Connection?
    private var delay = ReconnectDelay()
    private var notBefore = ContinuousClock.now
    /// Why the last try failed.
    private var lastRefusal = Self.unreachable

    /// A keeper that has no connection yet, or one that was made before.
    init(
        _ address: ServerAddress, configuration: PostgresStore.Configuration, isForExchanges: Bool, logger: Logger,
        connection: Connection? = nil
    ) {
        self.address = address
        self.configuration = configuration
        self.isForExchanges = isForExchanges
        self.logger = logger
        current = connection
    }

    /// The connection, or a new one; tries until `deadline`.
    mutating func connection(until deadline: ContinuousClock.Instant) throws(StoreError) -> Connection {
        if let current, current.isOpen {
            delay.succeeded()
            return current
        }
        current = nil
        // What happened so long ago says nothing any more: a connection may have lasted since.
        if ContinuousClock.now - notBefore > .seconds(5) { delay.succeeded() }
        while true {
            try rest(until: deadline)
            defer { notBefore = .now + delay.next(share: .random(in: 0...1)) }
            do {
                let connection = try Connection(address, configuration: configuration)
                _ = try ServerCheck(configuration: configuration, address: address).prepare(
                    connection, isForExchanges: isForExchanges, until: deadline)
                lastRefusal = Self.unreachable
                current = connection
                return connection
            } catch {
                logger.debug(
                    "The PostgreSQL server cannot be used; it is tried again",
                    metadata: ["idempotency.error": "\(error)"])
                let refusal =
                    (error as? StoreError) ?? (error as? PostgresFailure)?.storeError(.notApplied)
                    ?? StoreError(.unavailable, "\(error)", effect: .notApplied)
                lastRefusal = refusal
                guard ContinuousClock.now < deadline, refusal.code != .misuse else { throw refusal }
            }
        }
    }

    /// Gives the connection up.
    mutating func drop() {
        current = nil
    }

    /// Waits until a connection may be tried, so long at most.
    func waitForNextTry(atMost limit: Duration) {
        let time = min(notBefore - .now, limit)
        if time > .zero { usleep(UInt32(clamping: time.wholeMicroseconds)) }
    }

    private static let unreachable = StoreError(
        .unavailable, "The PostgreSQL server cannot be reached; retry with the same key.", effect: .notApplied)

    private func rest(until deadline: ContinuousClock.Instant) throws(StoreError) {
        guard notBefore > .now else { return }
        guard notBefore < deadline else { throw lastRefusal }
        waitForNextTry(atMost: deadline - .now)
    }
}
