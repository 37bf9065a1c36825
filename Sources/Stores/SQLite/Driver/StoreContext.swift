import GRDB
import Idempotency
import IdempotencyEmbedded
import Logging

/// What the parts of an open store have in common.
struct StoreContext: Sendable {
    /// Where the database lies.
    let path: String
    /// How the store was opened.
    let configuration: SQLiteStore.Configuration
    /// Where to log.
    let logger: Logger
    /// The number of this instance.
    let instance: Int64
    /// This boot of the machine.
    let boot: String
    /// The locks of the instances; holds this one's.
    let lock: InstanceLock
    /// How other processes are waited for.
    let patience: BusyPatience
    /// What the store has done so far.
    let statistics: StoreStatistics

    /// The clocks, now.
    var reading: ClockReading {
        ClockReading(
            machine: MachineReading(configuration.clock), instance: instance,
            boot: boot, lock: configuration.orphansLapseAtOnce ? lock : nil)
    }

    /// The refusal of a store that was closed.
    static let closed = StoreJob.closed(SQLiteStore.kind)

    /// An error of a reading connection as the callers of a store see it.
    static func storeError(ofReading error: any Error) -> StoreError {
        guard let error = error as? DatabaseError else { return storeError(of: error) }
        return error.resultCode == .SQLITE_MISUSE
            ? closed
            : StoreError(.unavailable, "The SQLite store could not be read.", effect: .notApplied, cause: error)
    }

    /// Any error as the callers of a store see it; nothing was applied.
    static func storeError(of error: any Error) -> StoreError {
        switch error {
        case let error as StoreError: error
        case let failure as SQLiteFailure: failure.storeError(.notApplied)
        default: StoreError(.unavailable, "The SQLite store failed: \(error).", effect: .notApplied, cause: error)
        }
    }
}
