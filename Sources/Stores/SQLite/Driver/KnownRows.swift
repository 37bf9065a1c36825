import Idempotency

/// In which rows the attempts lie that were claimed through this connection: a hint that saves searching for the row
/// when the attempt ends.
///
/// Another process may have changed or removed a row since, a transaction may have been rolled back, and the number of
/// a removed row is given to another one. So whoever writes a row by its number asks in the same statement whether it
/// still holds what is expected.
struct KnownRows {
    /// How many are kept at most. 16,384: as many as can be queued.
    static let limit = 16_384

    private var rows: [RecordID: Int64] = [:]

    /// How many there are.
    var count: Int { rows.count }

    /// Where the running record of an id should lie.
    subscript(id: RecordID) -> Int64? { rows[id] }

    /// Notes what was written in a row.
    mutating func note(_ record: Record?, of id: RecordID, in row: Int64) {
        guard let record, case .running = record.state else {
            rows[id] = nil
            return
        }
        // Hardly ever: then all of them are searched for once more.
        if rows.count >= Self.limit, rows[id] == nil { rows.removeAll(keepingCapacity: true) }
        rows[id] = row
    }

    /// Forgets a row that was not as expected.
    mutating func forget(_ id: RecordID) {
        rows[id] = nil
    }
}
