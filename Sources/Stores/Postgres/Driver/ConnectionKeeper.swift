import Idempotency
import Logging

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Keeps a connection, and makes a new one when it broke: with pauses that grow while the server cannot be reached.
struct ConnectionKeeper {
    /// The pauses between two tries, before chance has its say: a server that restarts is met soon, one that is gone
    /// for long is not stormed.
    private static let pauses: (first: Duration, last: Duration) = (.milliseconds(20), .seconds(1))

    let address: ServerAddress
    let configuration: PostgresStore.Configuration
    let isForExchanges: Bool
    let logger: Logger
    private(set) var current: Connection?
    private var pause = Self.pauses.first
    private var notBefore = ContinuousClock.now
    /// Why the last try failed.
    private var lastRefusal = StoreError(
        .unavailable, "The PostgreSQL server cannot be reached; retry with the same key.", effect: .notApplied)

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
        if let current, current.isOpen { return current }
        current = nil
        while true {
            try rest(until: deadline)
            do {
                let connection = try Connection(address, configuration: configuration)
                _ = try ServerCheck(configuration: configuration, address: address).prepare(
                    connection, isForExchanges: isForExchanges, until: deadline)
                pause = Self.pauses.first
                current = connection
                return connection
            } catch {
                let share = Double.random(in: 0.5...1)
                notBefore = .now + pause * share
                pause = min(pause * 2, Self.pauses.last)
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

    private func rest(until deadline: ContinuousClock.Instant) throws(StoreError) {
        let time = notBefore - .now
        guard time > .zero else { return }
        guard notBefore < deadline else { throw lastRefusal }
        usleep(UInt32(clamping: time.wholeMicroseconds))
    }
}
