import GRDB
import Idempotency
import StoreTestParts
import Testing

@testable import IdempotencySQLite

/// Statements are prepared once for each connection. What GRDB notes of every statement that is prepared besides its
/// own stays noted as long as the connection lasts, and is looked through for the next one.
@Suite struct PreparedStatementTests {
    private let directory: TestDirectory

    init() throws {
        directory = try TestDirectory()
    }

    /// What GRDB has noted of statements that write.
    @Sendable private static func notes(_ db: Database) throws -> Int {
        let authorizer = try #require(
            Mirror(reflecting: db).children.first { $0.label?.hasSuffix("authorizer") == true }?.value)
        let kinds = try #require(
            Mirror(reflecting: authorizer).descendant("some", "databaseEventKinds")
                ?? Mirror(reflecting: authorizer).descendant("databaseEventKinds"))
        return try #require(kinds as? [DatabaseEventKind]).count
    }

    @Test("Looking at records prepares nothing anew")
    func looks() async throws {
        let store = try await SQLiteStore.test(directory.file(), clock: TestClock())
        _ = try await store.exchange(.claim(.test(1), .test(1)))
        func look() async throws {
            _ = try await store.record(.test(1))
            _ = try await store.records(RecordQuery())
            _ = try await store.counts()
            _ = try await store.usage(after: nil, limit: 10)
        }
        try await look()
        let first = try await store.reader.writeWithoutTransaction(Self.notes)
        for _ in 0..<20 { try await look() }
        #expect(try await store.reader.writeWithoutTransaction(Self.notes) <= first)
        await store.close()
    }
}
