import Idempotency

/// Finds out whether a pooler between this program and the server leaves a session to whom it has given it.
///
/// That there is a pooler shows in the number of the session: what it announces is its own invention. Whether it shares
/// sessions shows when a second connection holds one in a transaction. It is looked at before anything is changed in a
/// session, and a few times, since others may come in between; later the first statement of every transaction sees to
/// it.
struct PoolerCheck {
    let check: ServerCheck

    private static let rounds = 3

    /// Looks where the connection leads; it must be a new one.
    ///
    /// - Throws: `StoreError` when sessions are shared and that is not allowed.
    func run(on connection: Connection, until deadline: ContinuousClock.Instant) throws {
        guard check.configuration.pooling == .session else { return }
        try check.identify(connection, until: deadline)
        guard connection.session.isPooled else { return }
        for _ in 0..<Self.rounds {
            let other = try otherProcess(until: deadline)
            let again = try connection.run(ServerCheck.process, until: deadline).integer(0, 0)
            guard other.process != connection.session.process, again == connection.session.process else {
                throw check.refusal(
                    "is behind a pooler that gives every transaction another session. Allowed are session pooling, and "
                        + "transaction pooling with pooling=transaction")
            }
            _ = other.connection.rollBack(until: deadline)
        }
    }

    /// Another connection, with a transaction at work, and its session.
    private func otherProcess(
        until deadline: ContinuousClock.Instant
    ) throws -> (connection: Connection, process: Int64?) {
        let connection = try Connection(
            check.address, timeout: check.configuration.connectTimeout, keepsStatements: false)
        let patience = min(deadline, .now + check.configuration.connectTimeout)
        let answer = connection.run([.begin, ServerCheck.process], until: patience)
        guard let failure = answer.failure else { return (connection, answer.results[1].integer(0, 0)) }
        guard failure.kind != .timedOut else {
            throw check.refusal(
                "is behind a pooler that has no second session for this program; allow it "
                    + "\(check.configuration.connections + 2) of them", .unavailable)
        }
        throw check.untransacted(failure)
    }
}
