import Idempotency

/// Where a record stands in the indexes: open ones by age; completed ones by age, and by expiry for sweeping.
///
/// Entries are written in the same batch as their record. An entry may outlive a record that compaction has removed
/// (never the other way round), so whoever follows one looks at the record.
enum IndexEntry: Hashable {
    case open(created: Timestamp)
    case completed(created: Timestamp, expires: Timestamp)

    /// The entry of a record.
    init(_ record: Record) {
        if case .completed(_, _, let expires) = record.state {
            self = .completed(created: record.created, expires: expires)
        } else {
            self = .open(created: record.created)
        }
    }
}
