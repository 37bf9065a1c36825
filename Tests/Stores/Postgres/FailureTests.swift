import Idempotency
import Testing

@testable import IdempotencyPostgres

/// What the codes of the server mean (PostgreSQL, appendix A).
@Suite("Failures of PostgreSQL") struct FailureTests {
    private func failure(_ code: String?, _ kind: PostgresFailure.Kind = .refused) -> PostgresFailure {
        PostgresFailure(kind: kind, sqlState: code, message: "")
    }

    @Test("Scenario 20: a transaction that lost a race is sent again", arguments: ["40001", "40P01", "40003", "25P02"])
    func again(code: String) { #expect(failure(code).meaning == .again) }

    @Test(
        "Scenario 20: what one record may have caused is sent one by one",
        arguments: ["55P03", "57014", "53100", "53200", "53300", "22001", "23505", "23514", "54000", "58030", "XX001"])
    func isolate(code: String) { #expect(failure(code).meaning == .isolate) }

    @Test(
        "Scenario 20: a server or a session that ends is left for another one",
        arguments: ["57P01", "57P02", "57P03", "57P05", "25006", "25P03", "08006", "08P01"])
    func reconnect(code: String) { #expect(failure(code).meaning == .reconnect) }

    @Test(
        "Scenario 20: what will fail every time is refused, a code that nobody knows too",
        arguments: ["42P01", "42501", "28P01", "3D000", "3F000", "0A000", "22P02", "ZZ999", ""])
    func refuse(code: String) { #expect(failure(code).meaning == .refuse) }

    @Test("Without a code the connection is made anew, unless nobody answered in time")
    func silent() {
        #expect(failure(nil, .lost).meaning == .reconnect)
        #expect(failure(nil, .connecting).meaning == .reconnect)
        #expect(failure(nil, .timedOut).meaning == .tooLate)
    }

    @Test(
        "Callers are told by a code what to do, and what is known of the write as it was said",
        arguments: [
            ("53100", StoreError.Code.full), ("53200", .full), ("53300", .unavailable), ("55P03", .unavailable),
            ("57014", .unavailable), ("57P01", .unavailable), ("25006", .unavailable), ("40001", .unavailable),
            ("54000", .tooLarge), ("XX001", .corrupt), ("58030", .unavailable), ("42P01", .misuse), ("23514", .misuse),
            ("28P01", .misuse), ("3D000", .misuse), ("22P02", .misuse), ("26000", .misuse),
        ])
    func told(code: String, expected: StoreError.Code) {
        for effect in [StoreError.Effect.unknown, .notApplied] {
            let error = failure(code).storeError(effect)
            #expect(error.code == expected && error.effect == effect)
        }
    }
}
