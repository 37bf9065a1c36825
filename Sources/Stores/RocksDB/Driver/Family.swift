/// The column families of the database: key spaces of their own that are written together.
enum Family: Int, CaseIterable {
    /// What the store keeps about itself; see `Counter`.
    case counters
    /// The records by their ids; see `RecordCoding`.
    case records
    /// Running and in-doubt records by age, an `IndexKey` each; no values.
    case open
    /// Completed records by age, an `IndexKey` each; the value is the key by expiry.
    case completed
    /// Completed records by expiry, an `IndexKey` each; the value is the key by age.
    case expiry

    /// The name in the database. Every database of RocksDB has one called `default`.
    var name: String {
        switch self {
        case .counters: "default"
        case .records: "records"
        case .open: "open"
        case .completed: "completed"
        case .expiry: "expiry"
        }
    }
}
