import Idempotency
import IdempotencyEmbedded
import Logging

/// What the parts of an open store have in common.
struct StoreContext: Sendable {
    /// Where the store lies.
    let directory: String
    /// How the store was opened.
    let configuration: RocksDBStore.Configuration
    /// Where to log.
    let logger: Logger
    /// Who has it open.
    let holder: StoredRecord.Holder
    /// What the disk has left.
    let space: FreeSpace
    /// What compaction is asked; knows how much it has removed.
    let filter: ExpiryFilter
    /// What the store has done so far.
    let statistics = StoreStatistics()

    /// How records look now.
    var viewpoint: Viewpoint {
        Viewpoint(
            reading: MachineReading(configuration.clock), holder: holder,
            orphansLapseAtOnce: configuration.orphansLapseAtOnce)
    }

    /// Any error as the callers of a store see it; nothing was applied.
    static func storeError(of error: any Error) -> StoreError {
        switch error {
        case let error as StoreError: error
        case let damage as RecordCoding.Damage: damage.error
        case let failure as RocksDBFailure: failure.storeError(.notApplied)
        default: StoreError(.unavailable, "The RocksDB store failed: \(error).", effect: .notApplied, cause: error)
        }
    }
}
