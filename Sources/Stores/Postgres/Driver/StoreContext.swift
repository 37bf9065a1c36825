import Idempotency
import Logging

/// What the parts of an open store have in common.
struct StoreContext: Sendable {
    /// Where the server is.
    let address: ServerAddress
    /// How the store was opened.
    let configuration: PostgresStore.Configuration
    /// Where to log.
    let logger: Logger
    /// What the server promises.
    let durability: PostgresStore.Durability
    /// Those in this process who wait for a change.
    let bell = Bell()
    /// How many records there were.
    let counts = CountCache()
    /// What the store has done so far.
    let statistics = StoreStatistics()

    /// The refusal of a store that was closed.
    static let closed = StoreError(
        .shutDown, "The PostgreSQL store is closed; open it again to go on.", effect: .notApplied)

    /// The refusal of a queue that is full.
    static let full = StoreError(
        .unavailable, "Too many exchanges wait for the PostgreSQL store; retry later with the same key.",
        effect: .notApplied)
}
