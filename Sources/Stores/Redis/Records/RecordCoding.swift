import Idempotency
import NIOCore

/// How a record lies in the value of its key. Whatever is not exactly as expected is refused, never guessed at.
///
/// One packed string per record: the server keeps it in one piece, which costs it a third of what a hash of as many
/// fields costs, and hands it over as it is. Numbers lie with their most significant byte first. The exchange script
/// reads the first 46 bytes, writes the stamps (fence, moment, and created in a claim), and does not look at the rest.
///
///      0  version             30  moment: when it was written, by the server's clock
///      1  state               38  length of the lease or the retention, or 0
///      2  owner (16)          46  created                       92  lengths of key, scope, operation, checkpoint,
///     18  renewals            54  attempt                           outcome (4 each)
///     22  fence               58  algorithm, 59 detail         112  key, scope, operation, checkpoint, outcome
///                             60  fingerprint (32)
///
/// Ends of leases and retentions are not kept but worked out, from the moment and the length, so that the script need
/// not count in more bits than Lua's numbers have. A vacant key whose fence is remembered has the first 30 bytes only.
enum RecordCoding {
    /// The version that this code writes, and the only one that it reads.
    static let version: UInt8 = 1

    /// The size of what is remembered of a vacant key.
    static let markerSize = 30
    /// Where the texts begin.
    static let fixedSize = 112

    enum StateNumber {
        static let vacant: UInt8 = 0
        static let running: UInt8 = 1
        static let completed: UInt8 = 2
        static let inDoubt: UInt8 = 3
    }

    /// A value that cannot be understood, and the part that does not fit.
    struct Damage: Error, Hashable {
        let part: String

        /// The damage as the callers of a store see it: the record is refused, nothing runs.
        var error: StoreError {
            StoreError(
                .corrupt,
                "A record of the Redis store cannot be understood (\(part)): it is damaged, or a newer version wrote "
                    + "it. Nothing is run for this key; upgrade this program, or delete the key.",
                effect: .notApplied, cause: self)
        }
    }
}
