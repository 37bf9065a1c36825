import Idempotency

/// A row of what a claim gives back: id, time, and the columns of a record. Of a record that was inserted only the
/// fence is told; its version is `NULL`.
struct ClaimRow {
    let id: RecordID
    let reply: RoundReply

    /// Reads a row; `nil` when it is none.
    init?(_ result: QueryResult, _ row: Int) {
        guard let digest = result.bytes(row, 0).flatMap({ Digest(bytes: $0) }), let now = result.integer(row, 1) else {
            return nil
        }
        id = RecordID(digest)
        let time = Timestamp(microseconds: now)
        if result.isNull(row, Self.record) {
            guard let fence = result.integer(row, Self.fence) else { return nil }
            reply = .stored(time, Fence(UInt64(bitPattern: fence)))
        } else {
            reply = .found(RecordRow(result: result, row: row, first: Self.record).found, at: time)
        }
    }

    /// Where the columns of the record begin, and where among them the fence is.
    private static let record = 2
    private static let fence = record + 5
}
