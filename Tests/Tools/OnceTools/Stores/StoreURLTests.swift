import Foundation
import Idempotency
import Logging
import OnceTools
import Testing

@Suite("Store URLs")
struct StoreURLTests {
    private let logger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })

    @Test(
        "A URL that cannot be opened is refused with what can be",
        arguments: [
            ("once.db", "with a scheme and a colon"), ("sqllite:a", "Did you mean sqlite:?"),
            ("ftp:x", "no kind of store called ftp"),
        ])
    func refused(text: String, reason: String) {
        let error = #expect(throws: UsageError.self) {
            try Setting<StoreURL>.store.value(of: text, at: .flag("store"))
        }
        let message = error?.description ?? ""
        #expect(message.hasPrefix("--store: \"\(text)\" is not allowed") && message.contains(reason))
        #expect(message.contains("Allowed: memory:, sqlite:PATH, rocksdb:DIRECTORY, "))
        #expect(message.hasSuffix("\(StoreURL.allowed)."))
    }

    @Test(
        "A password is never told",
        arguments: [
            ("postgres://me:secret@h:1,i:2/db?sslmode=require", "postgres://me@h:1,i:2/db?sslmode=require"),
            ("postgresql://h/db?password=secret&user=me", "postgres://h/db?user=me"),
            ("postgres://h/db", "postgres://h/db"),
        ])
    func passwords(text: String, told: String) throws {
        #expect(try StoreURL(text).description == told)
    }

    @Test("A Redis can stand in front of a PostgreSQL store, and tells no password")
    func front() throws {
        let url = try StoreURL(store: "postgres://me:secret@h/db", front: "redis://:secret@r")
        #expect(url?.description == "postgres://me@h/db")
        #expect(url?.front?.description.contains("secret") == false)
        #expect(url?.front?.description.hasPrefix("redis://") == true)
        #expect(try StoreURL(store: nil, front: nil)?.description == nil)
    }

    @Test(
        "A front that cannot be is refused with what is allowed",
        arguments: [
            ("sqlite:a.db", "redis://r", "no store can stand in front of sqlite:"),
            (nil, "redis://r", "no store can stand in front of sqlite:"),
            ("redis://r", "redis://r", "no store can stand in front of redis:"),
            ("postgres://h/db", "sqlite:a.db", "cannot stand in front of another store"),
            ("postgres://h/db", "redis", "with a scheme and a colon"),
        ])
    func frontRefused(store: String?, front: String, reason: String) {
        let error = #expect(throws: UsageError.self) { try StoreURL(store: store, front: front) }
        let message = error?.description ?? ""
        #expect(message.hasPrefix("--front") && message.contains(reason) && message.contains("Allowed"), "\(message)")
    }

    @Test(
        "Options of the PostgreSQL store that are not allowed are refused with what is, before anything is opened",
        arguments: [
            ("postgres:db", "postgres://"), ("postgres://127.0.0.1:1/db?connections=0", "1 to 64"),
            ("postgres://127.0.0.1:1/db?accept=anything", "fsync-off"),
            ("postgres://127.0.0.1:1/db?synchronous-commit=maybe", "remote_apply"),
            ("postgres://127.0.0.1:1/db?request-timeout=1", "whole number with a unit"),
        ])
    func postgresOptions(text: String, allowed: String) async throws {
        let url = try StoreURL(text)
        let error = await #expect(throws: UsageError.self) {
            _ = try await url.open(for: .maintaining, logger: logger)
        }
        #expect(error?.description.contains(allowed) == true, "\(error?.description ?? "")")
    }

    @Test("A memory store opens to serve, and not to be looked after from outside")
    func memory() async throws {
        let url = try StoreURL("memory:")
        let opened = try await url.open(for: .serving(orphansLapseAtOnce: true), logger: logger)
        #expect(try await opened.store.counts() == RecordCounts())
        await #expect(throws: UsageError.self) { try await url.open(for: .maintaining, logger: logger) }
    }

    @Test("An SQLite store is made to serve, and must be there to be looked after")
    func sqlite() async throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "once-\(UUID())").path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: path) }
        let url = try StoreURL("sqlite:\(path)/once.db")
        #expect(url.auditPath == "\(path)/once.db.audit.jsonl")
        await #expect(throws: StoreError.self) { try await url.open(for: .maintaining, logger: logger) }
        #expect(!FileManager.default.fileExists(atPath: "\(path)/once.db"))
        let serving = try await url.open(for: .serving(orphansLapseAtOnce: true), logger: logger)
        let maintaining = try await url.open(for: .maintaining, logger: logger)
        #expect(try await maintaining.store.counts() == RecordCounts())
        await maintaining.close()
        await serving.close()
    }

    @Test("A RocksDB store is made to serve, must be there to be looked after, and is in use while it serves")
    func rocksdb() async throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "once-\(UUID())").path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: path) }
        let url = try StoreURL("rocksdb:\(path)/once/?cache=8MiB&reserve=1B")
        #expect(url.auditPath == "\(path)/once.audit.jsonl")
        await #expect(throws: StoreError.self) { try await url.open(for: .maintaining, logger: logger) }
        #expect(!FileManager.default.fileExists(atPath: "\(path)/once"))
        let serving = try await url.open(for: .serving(orphansLapseAtOnce: true), logger: logger)
        let error = await #expect(throws: StoreError.self) { try await url.open(for: .maintaining, logger: logger) }
        #expect(error?.message.contains("keys API of its admin listener") == true)
        await serving.close()
        let maintaining = try await url.open(for: .maintaining, logger: logger)
        #expect(try await maintaining.store.counts() == RecordCounts())
        await maintaining.close()
    }

    @Test(
        "What stands behind a RocksDB directory must be an option with a size",
        arguments: [
            ("rocksdb:", "needs the path of a directory"), ("rocksdb:?cache=1MiB", "needs the path of a directory"),
            ("rocksdb:a?cash=1MiB", "\"cash=1MiB\" is no option of the store. Allowed: buffers=SIZE"),
            ("rocksdb:a?cache", "\"cache\" is no option"), ("rocksdb:a?cache=12", "cache: \"12\" is not allowed"),
        ])
    func rocksdbOptions(text: String, reason: String) async throws {
        let url = try StoreURL(text)
        let error = await #expect(throws: UsageError.self) {
            try await url.open(for: .serving(orphansLapseAtOnce: true), logger: logger)
        }
        #expect(error?.description.contains(reason) == true, "\(error?.description ?? "")")
    }
}
