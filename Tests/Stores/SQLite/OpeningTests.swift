import Foundation
import GRDB
import Idempotency
import StoreTestParts
import Testing

@testable import IdempotencySQLite

/// A file that cannot be used is refused with words that name it.
@Suite struct OpeningTests {
    private let directory: TestDirectory

    init() throws {
        directory = try TestDirectory()
    }

    private func refusal(_ path: String) async -> StoreError? {
        let error = await #expect(throws: StoreError.self) { _ = try await SQLiteStore.test(path) }
        #expect(error?.effect == .notApplied)
        #expect(error?.message.contains(path) == true, "\(error?.message ?? "")")
        return error
    }

    @Test("A file that is no database is refused and left as it was")
    func noDatabase() async throws {
        let text = String(repeating: "This is a letter to a friend.\n", count: 200)
        try text.write(toFile: directory.file(), atomically: true, encoding: .utf8)
        #expect(await refusal(directory.file())?.code == .corrupt)
        #expect(try String(contentsOfFile: directory.file(), encoding: .utf8) == text)
    }

    @Test("A missing directory, a directory in place of the file, and an empty path are refused")
    func wrongPlaces() async throws {
        #expect(await refusal(directory.path + "/missing/once.db")?.code == .misuse)
        #expect(await refusal(directory.path)?.code == .misuse)
        #expect(await refusal(":memory:")?.code == .misuse)
        await #expect(throws: StoreError.self) { _ = try await SQLiteStore.test("") }
    }

    @Test("A file that a newer version wrote is refused and named")
    func newerSchema() async throws {
        await (try SQLiteStore.test(directory.file())).close()
        let queue = try DatabaseQueue(path: directory.file())
        try await queue.write { db in
            try db.execute(sql: "INSERT INTO grdb_migrations (identifier) VALUES ('idempotency.99')")
        }
        try queue.close()
        let error = await refusal(directory.file())
        #expect(error?.code == .misuse)
        #expect(error?.message.contains("idempotency.99") == true)
    }

    @Test("A file with the tables of somebody else is shared with them")
    func sharedFile() async throws {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("theirs") { try $0.execute(sql: "CREATE TABLE theirs (id INTEGER PRIMARY KEY)") }
        try migrator.migrate(DatabaseQueue(path: directory.file()))
        let store = try await SQLiteStore.test(directory.file())
        #expect(try await store.exchange(.claim(.test(1), .test(1))).isStored)
        await store.close()
    }

    @Test("Eight openers at the same time all succeed")
    func concurrentOpeners() async throws {
        let path = directory.file()
        let stores = try await withThrowingTaskGroup(of: SQLiteStore.self) { group in
            for _ in 0..<8 { group.addTask { try await SQLiteStore.test(path) } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        for (number, store) in stores.enumerated() {
            #expect(try await store.exchange(.claim(.test(number), .test(number))).isStored)
        }
        #expect(try await stores[0].counts().running == 8)
        for store in stores { await store.close() }
    }

    @Test(
        "The durability that was asked for is what SQLite then says",
        arguments: [SQLiteStore.Configuration.Synchronous.full, .normal])
    func pragmas(synchronous: SQLiteStore.Configuration.Synchronous) async throws {
        var configuration = SQLiteStore.Configuration()
        configuration.synchronous = synchronous
        let journal = Journal()
        let opening = StoreOpening(path: directory.file(), configuration: configuration, logger: journal.logger)
        let (worker, reader) = try opening.open()
        let found = try await worker.database.read { try Int64.fetchOne($0, sql: "PRAGMA synchronous") }
        #expect(found == synchronous.rawValue)
        // Scenario 30: what a power cut may take back is warned about.
        #expect(journal.warnings.contains { $0.contains("power cut") } == (synchronous != .full))
        var closing = worker
        closing.close()
        try reader.close()
    }

    @Test("A symbolic link leads to the same locks as the file itself")
    func symbolicLinks() async throws {
        let store = try await SQLiteStore.test(directory.file())
        _ = try await store.exchange(.claim(.test(1), .test(1)))
        try FileManager.default.createSymbolicLink(
            atPath: directory.file("link.db"), withDestinationPath: directory.file())
        let linked = try await SQLiteStore.test(directory.file("link.db"))
        #expect(try await linked.counts() == RecordCounts(running: 1))
        await store.close()
        #expect(try await linked.counts() == RecordCounts(lapsed: 1))
        await linked.close()
    }

    @Test("The file is readable for its owner only")
    func permissions() async throws {
        await (try SQLiteStore.test(directory.file())).close()
        for name in ["once.db", "once.db.locks"] {
            let attributes = try FileManager.default.attributesOfItem(atPath: directory.file(name))
            #expect(attributes[.posixPermissions] as? Int == 0o600)
        }
    }

    @Test("Instances that are gone are forgotten")
    func instances() async throws {
        for _ in 0..<5 { await (try SQLiteStore.test(directory.file())).close() }
        let queue = try DatabaseQueue(path: directory.file())
        let count = try await queue.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM idempotency_instances") }
        #expect(count == 1)
    }
}
