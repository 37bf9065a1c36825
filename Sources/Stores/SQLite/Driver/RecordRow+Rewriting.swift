import Idempotency

extension RecordRow {
    private static let rewriting = """
        UPDATE idempotency_records SET algorithm = ?2, fingerprint = ?3, outcome = ?4, checkpoint = ?5,
            label_key = ?6, label_scope = ?7, label_operation = ?8, detail = coalesce(?9, detail)
        WHERE row = ?1
        """

    /// Writes the content of a record into its row and leaves all else there: leases stay granted as they were.
    ///
    /// The statement is prepared for each: rewriting is rare.
    static func rewrite(_ record: Record, in row: Int64, on connection: OpaquePointer) throws(SQLiteFailure) {
        let statement = try Statement(rewriting, on: connection)
        try statement.bind(1, row)
        try statement.bind(2, Int64(record.fingerprint.algorithm))
        try statement.bind(3, memoryOf: record.fingerprint.digest.bigEndianWords)
        if case .completed(let outcome, _, _) = record.state {
            try statement.bind(4, outcome.bytes)
            try statement.bind(9, Int64(outcome.kind.rawValue))
        } else {
            try statement.bindNull(4)
            try statement.bindNull(9)
        }
        if record.checkpoint.isEmpty { try statement.bindNull(5) } else { try statement.bind(5, record.checkpoint) }
        try statement.bind(6, record.label.key)
        try statement.bind(7, record.label.scope)
        try statement.bind(8, record.label.operation)
        try statement.run()
    }
}
