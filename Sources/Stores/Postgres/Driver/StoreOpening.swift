import Idempotency
import Logging

/// The steps that lead from an address to an open store, each of which can say what is wrong.
struct StoreOpening: Sendable {
    let address: ServerAddress
    let configuration: PostgresStore.Configuration
    let logger: Logger

    /// A keeper of one more connection.
    func keeper(isForExchanges: Bool, connection: Connection? = nil) -> ConnectionKeeper {
        ConnectionKeeper(
            address, configuration: configuration, isForExchanges: isForExchanges, logger: logger,
            connection: connection)
    }

    /// Connects, checks the server, and brings the tables up to date. Blocks.
    func open() throws(StoreError) -> (StoreWorker, StoreContext) {
        do {
            let deadline = ContinuousClock.now + configuration.requestTimeout
            let connection = try Connection(address, configuration: configuration)
            let check = ServerCheck(configuration: configuration, address: address)
            try PoolerCheck(check: check).run(on: connection, until: deadline)
            _ = try check.prepare(connection, isForExchanges: false, until: deadline)
            try Migrator(connection: connection, configuration: configuration, name: address.name).run(until: deadline)
            let durability = try check.prepare(connection, isForExchanges: false, until: deadline)
            if durability.level == .weak {
                logger.warning(
                    "Answered writes may be lost when the PostgreSQL server crashes; operations may then run twice",
                    metadata: [
                        "idempotency.weaknesses":
                            "\(durability.weaknesses.map(\.rawValue).sorted().joined(separator: " "))"
                    ])
            }
            let context = StoreContext(
                address: address, configuration: configuration, logger: logger, durability: durability)
            return (StoreWorker(keeper(isForExchanges: false, connection: connection), context: context), context)
        } catch {
            throw explain(error)
        }
    }

    /// Any error as whoever opens the store sees it: with the server, and with what can be done.
    private func explain(_ error: any Error) -> StoreError {
        switch error {
        case let error as StoreError: return error
        case let failure as PostgresFailure where failure.kind == .connecting:
            return StoreError(
                .unavailable, "The PostgreSQL server at \(address.name) cannot be used: \(failure.message).",
                effect: .notApplied, cause: failure)
        case let failure as PostgresFailure where failure.sqlState == "42501":
            return StoreError(
                .misuse,
                "The user may not make or use the tables in \(address.name): \(failure.message). Grant it CREATE on "
                    + "the schema, or let somebody else make the tables first.", effect: .notApplied, cause: failure)
        case let failure as PostgresFailure:
            let general = failure.storeError(.notApplied)
            return StoreError(
                general.code, "The PostgreSQL store at \(address.name) cannot be opened: \(failure.message).",
                effect: .notApplied, cause: failure)
        default:
            return StoreError(
                .unavailable, "The PostgreSQL store at \(address.name) cannot be opened: \(error).",
                effect: .notApplied, cause: error)
        }
    }
}
