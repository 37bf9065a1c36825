import Idempotency
import Testing

@testable import IdempotencyPostgres

/// What every code of the server means for a transaction (PostgreSQL, appendix A).
@Suite struct FailureMeaningTests {
    /// What is to become of a transaction that was refused with a code.
    struct Case: Sendable, CustomStringConvertible {
        let sqlState: String
        let meaning: PostgresFailure.Meaning
        let code: StoreError.Code
        /// Whether the server's word is the last one, while the session lives on.
        var isDefinite = true

        init(_ sqlState: String, _ meaning: PostgresFailure.Meaning, _ code: StoreError.Code, isDefinite: Bool = true) {
            self.sqlState = sqlState
            self.meaning = meaning
            self.code = code
            self.isDefinite = isDefinite
        }

        var description: String { sqlState }
    }

    static let cases = [
        // Lost races: a failed serialisation, a deadlock, any other rollback of the server's own.
        Case("40001", .again, .unavailable), Case("40P01", .again, .unavailable), Case("40000", .again, .unavailable),
        Case("40002", .again, .unavailable),
        // The server does not know itself.
        Case("40003", .reconnect, .unavailable, isDefinite: false),
        // A transaction that had failed before or was none, statements that were discarded, a stale stamp.
        Case("25P02", .again, .unavailable), Case("25P01", .again, .unavailable), Case("26000", .again, .misuse),
        Case("22012", .again, .unavailable),
        // A server that takes no writes, shuts down, starts, or ends sessions.
        Case("25006", .reconnect, .unavailable), Case("57P01", .reconnect, .unavailable),
        Case("57P02", .reconnect, .unavailable), Case("57P03", .reconnect, .unavailable),
        Case("57P04", .reconnect, .unavailable), Case("57P05", .reconnect, .unavailable),
        Case("25P03", .reconnect, .unavailable), Case("25P04", .reconnect, .unavailable),
        Case("53300", .reconnect, .unavailable),
        // Tables that were altered under a prepared statement.
        Case("0A000", .reconnect, .unavailable),
        // A connection that somebody in between lost: what he says is not the server's word.
        Case("08000", .reconnect, .unavailable, isDefinite: false),
        Case("08003", .reconnect, .unavailable, isDefinite: false),
        Case("08006", .reconnect, .unavailable, isDefinite: false),
        Case("08P01", .reconnect, .unavailable, isDefinite: false),
        // One record may be the cause: a lock, a cancellation, space, memory, limits, values, damage, a trigger.
        Case("55P03", .isolate, .unavailable), Case("57014", .isolate, .unavailable), Case("53100", .isolate, .full),
        Case("53200", .isolate, .full), Case("53000", .isolate, .unavailable), Case("53400", .isolate, .unavailable),
        Case("54000", .isolate, .tooLarge), Case("22001", .isolate, .misuse), Case("22021", .isolate, .misuse),
        Case("22003", .isolate, .misuse),
        Case("23505", .isolate, .misuse), Case("23514", .isolate, .misuse), Case("XX000", .isolate, .unavailable),
        Case("XX001", .isolate, .corrupt), Case("XX002", .isolate, .corrupt), Case("58030", .isolate, .unavailable),
        Case("P0001", .isolate, .unavailable), Case("55000", .isolate, .unavailable),
        // The same for every record: another session, tables and rights that are not as they should be.
        Case("22P02", .refuse, .misuse), Case("42501", .refuse, .misuse), Case("42P01", .refuse, .misuse),
        Case("42703", .refuse, .misuse), Case("42P05", .refuse, .misuse), Case("3F000", .refuse, .misuse),
        Case("3D000", .refuse, .misuse), Case("28000", .refuse, .misuse), Case("28P01", .refuse, .misuse),
        // One that nobody knows may be the matter of one record.
        Case("ZZ999", .isolate, .unavailable),
    ]

    private func failure(_ sqlState: String?, _ kind: PostgresFailure.Kind = .refused) -> PostgresFailure {
        PostgresFailure(kind: kind, sqlState: sqlState, message: "for a test")
    }

    @Test("Scenario 20: every code is repeated, isolated or refused as it has to be", arguments: cases)
    func meaning(of code: Case) {
        let failure = failure(code.sqlState)
        #expect(failure.meaning == code.meaning)
        let error = failure.storeError(.notApplied)
        #expect(error.code == code.code, "\(error.message)")
        #expect(error.effect == .notApplied)
        #expect(failure.storeError(.unknown).effect == .unknown)
    }

    @Test(
        "Scenario 20: the server's refusal is definite while its session lives on, a pooler's is not", arguments: cases)
    func certainty(of code: Case) {
        let failure = failure(code.sqlState)
        for isPooled in [false, true] {
            for reachesCommit in [false, true] {
                #expect(
                    failure.mayBeApplied(reachesCommit: reachesCommit, endsSession: false, isPooled: isPooled)
                        == !code.isDefinite)
                // With the end of the session a commit that was under way may have been carried out; a pooler may
                // have sent the rest of it.
                #expect(
                    failure.mayBeApplied(reachesCommit: reachesCommit, endsSession: true, isPooled: isPooled)
                        == (!code.isDefinite || reachesCommit || isPooled))
            }
        }
    }

    @Test(
        "Scenario 20: who hears nothing from the server knows nothing",
        arguments: [
            PostgresFailure.Kind.connecting, .lost, .timedOut,
        ])
    func silence(kind: PostgresFailure.Kind) {
        let failure = failure(nil, kind)
        #expect(failure.meaning == (kind == .timedOut ? .tooLate : .reconnect))
        for endsSession in [false, true] {
            #expect(failure.mayBeApplied(reachesCommit: false, endsSession: endsSession, isPooled: false))
        }
        #expect(failure.storeError(.unknown).code == .unavailable)
    }
}
