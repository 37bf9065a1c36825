import Idempotency

/// A round as statements, and what their results mean.
struct RoundTrip {
    /// What became of a round.
    enum End {
        /// It was committed; the records on whose change another process waits.
        case done([RoundReply], awaited: [RecordID])
        /// It was committed, but the server stopped waiting for its standbys.
        case unconfirmed
        /// It failed; whether it may have been applied all the same.
        case failed(PostgresFailure, mayBeApplied: Bool)
    }

    private enum Part { case claim, update, delete, look, transaction }

    private let round: Round
    /// What is told of what lies there, in the order of the rows.
    private let looked: [Round.Entry]
    private var statements: [Statement] = []
    private var parts: [Part] = []

    /// - Parameters:
    ///   - round: What is asked.
    ///   - dueAfter: How long after its claim a row is likely to expire, in microseconds.
    ///   - confirms: Whether the commit is to wait for the synchronous standbys also when nothing is left to be
    ///     written: what a lost round has left may not have reached them.
    init(_ round: Round, dueAfter: Int64, confirms: Bool) {
        self.round = round
        looked = round.entries.filter(\.step.needsLook)
        var claims: [(id: RecordID, draft: Draft)] = []
        var updates: [(id: RecordID, draft: Draft)] = []
        var replaced: [RowExpectation] = []
        var deletes: [RecordID] = []
        var deleted: [RowExpectation] = []
        for entry in round.entries {
            switch entry.step {
            case .insert(let draft): claims.append((entry.id, draft))
            case .replaceExpired(let draft):
                updates.append((entry.id, draft))
                replaced.append(.expired)
            case .update(let draft):
                updates.append((entry.id, draft))
                replaced.append(RowExpectation(entry.expecting))
            case .delete:
                deletes.append(entry.id)
                deleted.append(RowExpectation(entry.expecting))
            case .look: break
            }
        }
        add(.transaction, .begin)
        // The number of the table is read from the connection when the statements are sent.
        if !claims.isEmpty { add(.claim, RecordStatements.claim(claims, dueAfter: dueAfter)) }
        if !updates.isEmpty {
            add(.update, RecordStatements.update(updates, expecting: replaced, dueAfter: dueAfter))
        }
        if !deletes.isEmpty { add(.delete, RecordStatements.delete(deletes, expecting: deleted)) }
        if !looked.isEmpty { add(.look, RecordStatements.look(looked.map(\.id))) }
        if confirms { add(.transaction, Self.confirmation) }
        add(.transaction, .commit)
    }

    /// Something that is written to the log, and that nobody reads.
    private static let confirmation = Statement(
        "once_confirm", "SELECT pg_logical_emit_message(true, 'idempotency', '') IS NOT NULL")

    private mutating func add(_ part: Part, _ statement: Statement) {
        parts.append(part)
        statements.append(statement)
    }

    /// Sends it and reads what comes back.
    func run(on connection: Connection, until deadline: ContinuousClock.Instant) -> End {
        var statements = statements
        var parts = parts
        let opening = connection.session.preamble + [RecordStatements.lock(round, in: connection.session)]
        statements.insert(contentsOf: opening, at: 1)
        parts.insert(contentsOf: opening.map { _ in .transaction }, at: 1)
        let answer = connection.run(statements, until: deadline)
        if let failure = answer.failure {
            let reachesCommit = answer.results.count >= statements.count - 1
            // All was sent at once, so the commit is under way with the first statement.
            let mayBeApplied = failure.mayBeApplied(
                reachesCommit: reachesCommit, endsSession: !connection.isOpen, isPooled: connection.session.isPooled)
            return .failed(failure, mayBeApplied: round.writes && mayBeApplied)
        }
        if connection.notices.all.contains(where: { $0.sqlState == "01000" && $0.severity == "WARNING" }) {
            return .unconfirmed
        }
        guard answer.results.last?.tag == "COMMIT" else {
            let failure = PostgresFailure(
                kind: .refused, sqlState: "25P02", message: "the transaction was rolled back instead of committed")
            return .failed(failure, mayBeApplied: false)
        }
        return read(answer.results, parts)
    }

    private func read(_ results: [QueryResult], _ parts: [Part]) -> End {
        var replies: [RecordID: RoundReply] = [:]
        var awaited: [RecordID] = []
        for (part, result) in zip(parts, results) {
            switch part {
            case .transaction: continue
            case .claim:
                for row in 0..<result.count {
                    guard let claim = ClaimRow(result, row) else {
                        return .failed(Self.misunderstood, mayBeApplied: true)
                    }
                    replies[claim.id] = claim.reply
                }
            case .update, .delete:
                for row in 0..<result.count {
                    guard let id = result.bytes(row, 0).flatMap({ Digest(bytes: $0) }).map({ RecordID($0) }),
                        let fence = result.integer(row, 1), let now = result.integer(row, 2)
                    else { return .failed(Self.misunderstood, mayBeApplied: true) }
                    let time = Timestamp(microseconds: now)
                    replies[id] =
                        part == .delete ? .deleted(time) : .stored(time, Fence(UInt64(bitPattern: fence)))
                    if part == .delete, result.boolean(row, 3) == true { awaited.append(id) }
                    if part == .update, result.boolean(row, 4) == true { awaited.append(id) }
                }
            case .look:
                guard result.count == looked.count else { return .failed(Self.misunderstood, mayBeApplied: true) }
                for (row, entry) in looked.enumerated() where replies[entry.id] == nil {
                    guard let now = result.integer(row, 0) else {
                        return .failed(Self.misunderstood, mayBeApplied: true)
                    }
                    let isThere = !result.isNull(row, 1)
                    replies[entry.id] = .found(
                        isThere ? RecordRow(result: result, row: row, first: 2).found : .success(nil),
                        at: Timestamp(microseconds: now))
                }
            }
        }
        return .done(round.entries.map { replies[$0.id] ?? .missed }, awaited: awaited)
    }

    private static let misunderstood = PostgresFailure(
        kind: .lost, sqlState: nil, message: "the server answered something that this program does not understand")
}
