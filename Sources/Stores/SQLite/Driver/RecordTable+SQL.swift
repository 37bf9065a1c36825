extension RecordTable {
    /// The statements; columns and parameters are in the order of `RecordRow.columns`.
    enum SQL {
        static let find =
            "SELECT row, twin, tail, \(columns.joined(separator: ", ")) FROM idempotency_records WHERE prefix = ?1"
        static let insert =
            "INSERT INTO idempotency_records (\(columns.joined(separator: ", ")), prefix, twin, tail) "
            + "VALUES (\((1...next + 2).map { "?\($0)" }.joined(separator: ", ")))"
        static let update =
            "UPDATE idempotency_records SET \(assignments.joined(separator: ", ")) WHERE row = ?\(next)"
        /// The index by age is left alone when the age stays, as it nearly always does.
        static let updateSameAge =
            "UPDATE idempotency_records SET "
            + "\(assignments.filter { !$0.hasPrefix("created ") }.joined(separator: ", ")) WHERE row = ?\(next)"
        /// Asks for all that `Expectation.running` does, and that it is the same record in a version that is known.
        static let updateKnown =
            "\(updateSameAge) AND prefix = ?\(next + 1) AND tail = ?\(next + 2) AND owner = ?\(next + 3) "
            + "AND state = \(RecordRow.runningState) AND version = ?1 AND created = ?9"
        static let delete = "DELETE FROM idempotency_records WHERE row = ?1"
        static let readFence = "SELECT last FROM idempotency_fence WHERE only = 1"
        static let writeFence = "UPDATE idempotency_fence SET last = ?1 WHERE only = 1"
        static let findInstance = "SELECT boot, lock_file FROM idempotency_instances WHERE instance = ?1"
        static let sweep =
            "DELETE FROM idempotency_records WHERE row IN (SELECT row FROM idempotency_records WHERE expires <= ?1 "
            + "ORDER BY expires LIMIT ?2)"
        /// Puts other content into a row and leaves all else there.
        static let rewrite = """
            UPDATE idempotency_records SET algorithm = ?2, fingerprint = ?3, outcome = ?4, checkpoint = ?5,
                label_key = ?6, label_scope = ?7, label_operation = ?8, detail = coalesce(?9, detail)
            WHERE row = ?1
            """

        private static let columns = RecordRow.columns
        private static let next = RecordRow.nextParameter
        private static let assignments = columns.enumerated().map { "\($1) = ?\($0 + 1)" }
    }
}
