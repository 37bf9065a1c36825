import Foundation
import Idempotency
import IdempotencyPostgres
import IdempotencySQLite
import Logging
import PostgresTestServer

/// A folder with the ledger that workers share, and the store: a file there, or a schema of a server.
struct WorkPlace: Sendable {
    /// Where the records are that processes share.
    enum Sharing: CaseIterable, Sendable {
        case sqlite, postgres
    }

    static let key = "order-1"

    let folder: String
    /// The file of the store, or its URL.
    let storePath: String

    static func use(_ sharing: Sharing = .sqlite, _ body: (WorkPlace) async throws -> Void) async throws {
        try await withFolder { folder in
            switch sharing {
            case .sqlite: try await body(WorkPlace(folder: folder, storePath: folder + "/once.db"))
            case .postgres:
                try await SharedServer.withSchema { url, _ in
                    try await body(WorkPlace(folder: folder, storePath: url))
                }
            }
        }
    }

    var ledgerPath: String { folder + "/effects" }

    /// Starts a worker that performs the operation and waits at the named steps.
    func worker(_ options: String..., pausesAt steps: String...) throws -> Worker {
        try worker(
            "perform", key: Self.key, options + (steps.isEmpty ? [] : ["--pause-at", steps.joined(separator: ",")]))
    }

    /// Starts a worker with a task of its own.
    func worker(_ task: String, key: String, _ options: [String]) throws -> Worker {
        try Worker([task, "--store", storePath, "--ledger", ledgerPath, "--key", key] + options)
    }

    /// Lets a worker perform the operation as far as `step`, and kills it there.
    func killed(at step: String) async throws {
        let victim = try worker(pausesAt: step)
        try await victim.reaches(step)
        await victim.kill()
    }

    /// Lets a worker perform the operation to its end; what its caller was told.
    func answer(_ options: String...) async throws -> String {
        let worker = try worker("perform", key: Self.key, options)
        let answer = try await worker.answer()
        _ = await worker.end()
        return answer
    }

    /// Lets 500 callers in a process of their own ask for the same at once; how many were told what.
    func stampede() async throws -> [String] {
        let worker = try worker("stampede", key: Self.key, ["--count", "500", "--wait", "20000"])
        return try await told(by: worker)
    }

    /// Waits until a worker has told how many of its callers were told what.
    func told(by worker: Worker) async throws -> [String] {
        try await worker.reaches("all told")
        _ = await worker.end()
        return worker.steps.compactMap { $0.hasPrefix("told ") ? String($0.dropFirst("told ".count)) : nil }
    }

    /// The record that is left.
    func record() async throws -> Record? {
        let id = RecordID(scope: "scenario", key: try IdempotencyKey(Self.key))
        if storePath.hasPrefix("postgres:") {
            let store = try await PostgresStore.open(storePath, logger: .silent)
            let record = try await store.record(id).record
            await store.close()
            return record
        }
        let store = try await SQLiteStore.open(storePath, logger: .silent)
        let record = try await store.record(id).record
        await store.close()
        return record
    }

    /// The fences under which the operation took effect, in order.
    func effects() throws -> [UInt64] {
        guard FileManager.default.fileExists(atPath: ledgerPath) else { return [] }
        return try String(contentsOfFile: ledgerPath, encoding: .utf8).split(separator: "\n")
            .compactMap { UInt64($0.split(separator: " ")[1]) }
    }
}
