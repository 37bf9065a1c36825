import Idempotency

extension RecordRow {
    /// Binds what a rewritten row is to hold; leases stay granted as they were.
    static func bindContent(of record: Record, in row: Int64, to statement: Statement) throws(SQLiteFailure) {
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
    }
}
