import Idempotency

/// How a record lies in an item. Whatever is not exactly as expected is refused, never guessed at.
///
/// One attribute for each part, under a name that can be read in the console of AWS. Bytes are binary values and left
/// out when they are empty. A vacant key whose fence is remembered has `v`, `state`, `at`, `fence`, `write` and `ttl`
/// only.
enum RecordCoding {
    /// The version that this code writes, and the only one that it reads.
    static let version = 1

    /// The names of the attributes.
    enum Name: String, CaseIterable {
        /// The record id in 64 hexadecimal digits: the key of the table.
        case id
        case version = "v"
        case state
        case owner
        case renewals
        case fence
        case attempt
        case created
        /// When it was written.
        case moment = "at"
        /// The lease or the retention, in microseconds.
        case length
        /// The kind of the outcome, or the reason of the doubt.
        case detail
        /// When a completed record is vacant, in microseconds since the epoch.
        case expires
        /// When DynamoDB may remove the item, in seconds since the epoch; on terminal records only.
        case timeToLive = "ttl"
        case fingerprint
        case algorithm
        case key
        case scope
        case operation
        case checkpoint
        case outcome
        /// The bytes of checkpoint and outcome.
        case payload
        /// What tells this write from all others, the same for every try of it.
        case write
        /// Which clock it was stamped by.
        case clock
    }

    /// The names of the states.
    enum StateName {
        static let running = "running"
        static let completed = "completed"
        static let inDoubt = "in-doubt"
        static let vacant = "vacant"
    }

    /// What an item may have: 400 KiB, names included.
    static let sizeLimit = 400 * 1024

    /// An item that cannot be understood, and the part that does not fit.
    struct Damage: Error, Hashable {
        let part: String

        /// The damage as the callers of a store see it: the record is refused, nothing runs.
        var error: StoreError {
            StoreError(
                .corrupt,
                "A record of the DynamoDB store cannot be understood (\(part)): it is damaged, or a newer version "
                    + "wrote it. Nothing is run for this key; upgrade this program, or delete the item.",
                effect: .notApplied, cause: self)
        }
    }

    /// What an item with these attributes counts, as DynamoDB does.
    static func size(_ item: Item) -> Int {
        item.reduce(0) { $0 + $1.key.utf8.count + $1.value.size }
    }
}
