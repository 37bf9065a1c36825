import Idempotency

/// A transaction that could not even begin.
struct Unbegun: Error {
    let cause: PostgresFailure
}

/// The steps of a transaction that keeps a key: lock, look, claim, and what became of it.
struct TransactionSteps {
    let connection: Connection
    let deadline: ContinuousClock.Instant
    /// How long statements of the user's wait for a lock.
    let usualPatience: Duration

    /// Begins a transaction without a key.
    static func begin(on connection: Connection, until deadline: ContinuousClock.Instant) throws(Unbegun) {
        if let failure = connection.run([.begin] + connection.session.preamble, until: deadline).failure {
            throw Unbegun(cause: failure)
        }
    }

    /// Begins, and takes the lock of a key, as exchanges do.
    ///
    /// - Returns: Whether the lock was got; `false` means that somebody else is at work on the key.
    /// - Throws: `Unbegun`
    func begin(_ id: RecordID, duplicates: PostgresDatabase.Duplicates) throws(Unbegun) -> Bool {
        var lock = Parameters()
        lock.int8(Round.lock(of: id, table: connection.session.table))
        let begin = [.begin] + connection.session.preamble
        switch duplicates {
        case .refuse:
            let answer = connection.run(
                begin + [Statement("once_try_lock", "SELECT pg_try_advisory_xact_lock($1::bigint)", lock)],
                until: deadline)
            if let failure = answer.failure { throw Unbegun(cause: failure) }
            return answer.results.last?.boolean(0, 0) == true
        case .wait(let limit):
            var wait = Parameters()
            wait.text("\(limit.wholeMilliseconds)")
            var usual = Parameters()
            usual.text("\(usualPatience.wholeMilliseconds)")
            let answer = connection.run(
                begin + [
                    Statement("once_patience", "SELECT set_config('lock_timeout', $1::text, true)", wait),
                    Statement("once_wait_lock", "SELECT pg_advisory_xact_lock($1::bigint) IS NULL", lock),
                    // The user's own statements wait as the session says.
                    Statement("once_patience", "SELECT set_config('lock_timeout', $1::text, true)", usual),
                ], until: deadline)
            guard let failure = answer.failure else { return true }
            guard failure.sqlState == "55P03" else { throw Unbegun(cause: failure) }
            return false
        }
    }

    /// What is known of the key; a statement of its own, so that it sees what the lock was waited for.
    func look(_ id: RecordID) throws -> (record: Record?, now: Timestamp) {
        try RecordListing(connection, until: deadline).found(id)
    }

    /// A fence, higher than every one before.
    func nextFence() throws(PostgresFailure) -> Fence {
        let result = try connection.run(
            Statement("once_fence", "SELECT nextval('idempotency_fence')"), until: deadline)
        return Fence(UInt64(bitPattern: result.integer(0, 0) ?? 0))
    }

    /// Writes the completed record; whether it could be.
    func complete(_ id: RecordID, _ draft: Draft, inPlaceOfExpired: Bool) throws(PostgresFailure) -> Bool {
        let due = draft.state.span ?? 0
        guard inPlaceOfExpired else {
            let claim = RecordStatements.claim([(id: id, draft: draft)], dueAfter: due)
            let result = try connection.run(claim, until: deadline)
            return result.count == 1 && ClaimRow(result, 0)?.reply.isWritten == true
        }
        let update = RecordStatements.update([(id: id, draft: draft)], expecting: [.expired], dueAfter: due)
        return try connection.run(update, until: deadline).count == 1
    }
}
