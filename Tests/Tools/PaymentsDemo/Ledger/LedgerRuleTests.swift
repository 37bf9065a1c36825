import GRDB
import Testing

@testable import PaymentsDemo

/// The rules that the database enforces, whatever the program above it does.
@Suite struct LedgerRuleTests {
    @Test(
        "A transfer whose entries do not add up to zero cannot be posted",
        arguments: ["", "INSERT INTO entry VALUES (9, 1, 5)", "INSERT INTO entry VALUES (9, 1, 5), (9, 2, -4)"])
    func aTransferWhoseEntriesDoNotAdd(entries: String) async throws {
        try await refuses(
            "INSERT INTO transfer(id, posted) VALUES (9, 0); \(entries); UPDATE transfer SET posted = 1 WHERE id = 9",
            because: "the entries of a transfer add up to zero")
    }

    @Test("A transfer that is still open cannot be committed") func aTransferThatIsStillOpenCannot() async throws {
        try await refuses(
            "INSERT INTO transfer(id, posted) VALUES (9, 0); INSERT INTO entry VALUES (9, 1, 5), (9, 2, -5)",
            because: "FOREIGN KEY constraint failed")
    }

    @Test("A transfer cannot be written as posted") func aTransferCannotBeWrittenAsPosted() async throws {
        try await refuses("INSERT INTO transfer(id, posted) VALUES (9, 1)", because: "a transfer starts open")
    }

    @Test(
        "A posted transfer never changes",
        arguments: [
            ("INSERT INTO entry VALUES (1, 1, 5)", "a posted transfer never changes"),
            ("UPDATE transfer SET posted = 0 WHERE id = 1", "a posted transfer never changes"),
            ("DELETE FROM transfer WHERE id = 1", "a transfer is never deleted"),
            ("UPDATE entry SET amount = amount + 1", "an entry never changes"),
            ("DELETE FROM entry", "an entry is never deleted"),
        ])
    func aPostedTransferNeverChanges(change: String, reason: String) async throws {
        try await refuses(change, because: reason)
    }

    private func refuses(_ sql: String, because reason: String) async throws {
        try await withLedger { ledger in
            let error = await #expect(throws: DatabaseError.self) {
                try await ledger.database.write { try $0.execute(sql: sql) }
            }
            #expect(error?.message == reason)
            let total = try await ledger.total()
            #expect(total == 0)
        }
    }
}
