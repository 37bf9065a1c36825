import Idempotency

/// What is sent to the server in one transaction: one exchange per key at most, in the order of the locks.
struct Round {
    /// What an exchange asks of the table.
    enum Step: Hashable {
        /// A row where there is none.
        case insert(Draft)
        /// A row in place of one that has expired.
        case replaceExpired(Draft)
        /// Another content for the row, if it is the expected one.
        case update(Draft)
        /// No row any more, if it is the expected one.
        case delete
        /// Only tells what is there.
        case look

        /// Whether it is told what lies there when it writes nothing. Completions and renewals, which are many, nearly
        /// always meet the record that they expect, and ask afterwards if they do not.
        var looks: Bool {
            switch self {
            case .insert, .delete, .look: true
            case .replaceExpired, .update: false
            }
        }

        /// Whether that takes a look of its own: what inserts tells of itself.
        var needsLook: Bool {
            if case .insert = self { false } else { looks }
        }
    }

    /// An exchange of the round.
    struct Entry {
        /// Its place in the batch.
        let item: Int
        let id: RecordID
        let expecting: Expectation
        let step: Step
    }

    /// The exchanges, in the order in which their keys are locked.
    private(set) var entries: [Entry]

    /// Sorts the exchanges by the locks of their keys, so that no two rounds can wait for each other.
    init(_ entries: [Entry], table: Int64) {
        self.entries = entries.sorted { Self.lock(of: $0.id, table: table) < Self.lock(of: $1.id, table: table) }
    }

    /// The advisory lock of a key: the first 64 bits of its id, other ones for other tables.
    static func lock(of id: RecordID, table: Int64) -> Int64 {
        Int64(bitPattern: id.digest.words.0 ^ (UInt64(bitPattern: table) &* 0x9E37_79B9_7F4A_7C15))
    }

    /// Whether any of it writes.
    var writes: Bool { entries.contains { $0.step != .look } }
}

/// What the server found and did for a key.
enum RoundReply {
    /// The write was carried out, at this time, and the record has this fence.
    case stored(Timestamp, Fence)
    /// The record was removed, at this time.
    case deleted(Timestamp)
    /// This lies there, an expired record too; the server's clock after all writes.
    case found(Result<Record?, StoreError>, at: Timestamp)
    /// The write met something else, and nobody looked what.
    case missed

    /// Whether it changed the record.
    var isWritten: Bool {
        switch self {
        case .stored, .deleted: true
        case .found, .missed: false
        }
    }
}
