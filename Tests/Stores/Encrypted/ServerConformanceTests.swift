import DynamoDBTestParts
import Foundation
import Idempotency
import IdempotencyDynamoDB
import IdempotencyEncrypted
import IdempotencyPostgres
import IdempotencyRedis
import IdempotencyRocksDB
import IdempotencyTestKit
import IdempotencyTiered
import PostgresTestServer
import RedisTestParts
import StoreTestParts
import Testing

/// The suite that every store passes, through the encryption, over the stores that have suites of their own: with less
/// effort, as it is about what the encryption makes of what they do.
@Suite("Conformance of encrypted stores over servers") struct ServerConformanceTests {
    private typealias Tiers = TieredStore<RedisStore, PostgresStore>

    /// Whether all checks are run over every store, except those of rewriting: nobody rewrites what is encrypted but
    /// the encryption itself. Otherwise those are run in which it shows what a store hands to the encryption and back.
    private static let runsAll = ProcessInfo.processInfo.environment["ONCE_ENCRYPTED_ALL"] != nil
    private static let all = StoreConformance.checks.filter { !$0.abilities.contains(.rewriting) }

    /// Where opening a store costs little.
    private static let checks =
        runsAll
        ? all
        : serverChecks
            + named(
                "Every expectation", "A doubt stays", "A walk comes by", "Of an expired record", "A sweep removes",
                "Random histories")
    /// Where it costs more.
    private static let serverChecks =
        runsAll
        ? all
        : named(
            "A vacant key", "Every value", "Outcomes and checkpoints", "Labels come back",
            "A listing shows every record",
            "A write that is repeated", "Of many callers that claim", "A submission gets",
            "Concurrent histories with lost")
    /// moto takes some ten milliseconds for a call.
    private static let motoChecks = named(
        "A vacant key", "A takeover that saw", "A late attempt", "A doubt stays", "Outcomes and checkpoints")

    private static func named(_ names: String...) -> [ConformanceCheck] {
        names.map { name in
            guard let check = StoreConformance.checks.first(where: { $0.name.hasPrefix(name) }) else {
                preconditionFailure("no check begins with: \(name)")
            }
            return check
        }
    }

    private var effort: ConformanceEffort {
        var effort = ConformanceEffort()
        effort.shortRetention = .milliseconds(150)
        effort.crowd = 30
        effort.steps = 100
        effort.histories = 2
        effort.largestPayload = 1 << 16
        return effort
    }

    private func run(
        _ check: ConformanceCheck, _ effort: ConformanceEffort,
        _ opening: @escaping @Sendable (StoreConformance.Body, EncryptionKeys) async throws -> Void
    ) async throws {
        let keys = try EncryptionKeys(generating: "test")
        let suite = StoreConformance(effort: effort) { body in try await opening(body, keys) }
        #expect(try await suite.run(check) == .passed)
    }

    @Test("Over RocksDB", arguments: checks)
    func rocksDB(check: ConformanceCheck) async throws {
        try await run(check, effort) { body, keys in
            let directory = try TestDirectory()
            let store = try await RocksDBStore.open(directory.file("store"), logger: silent)
            try await body([EncryptedStore(store, keys: keys)])
            await store.close()
        }
    }

    @Test("Over PostgreSQL, two instances on one table", arguments: serverChecks)
    func postgres(check: ConformanceCheck) async throws {
        try await run(check, effort) { body, keys in
            try await SharedServer.withSchema { url, _ in
                let stores = [
                    try await PostgresStore.open(url, logger: silent),
                    try await PostgresStore.open(url, logger: silent),
                ]
                try await body(stores.map { EncryptedStore($0, keys: keys) })
                for store in stores { await store.close() }
            }
        }
    }

    @Test("Over Redis, two instances on one server", arguments: checks)
    func redis(check: ConformanceCheck) async throws {
        try await run(check, effort) { body, keys in
            let server = try await RedisServer.start(.never)
            let stores = [try await server.open(), try await server.open()]
            try await body(stores.map { EncryptedStore($0, keys: keys) })
            for store in stores { await store.close() }
        }
    }

    @Test("Over Redis in front of PostgreSQL", arguments: serverChecks)
    func tiers(check: ConformanceCheck) async throws {
        var effort = effort
        effort.writesInSteps = true
        effort.clockTolerance = .milliseconds(5)
        try await run(check, effort) { body, keys in
            let server = try await RedisServer.start(.never)
            let front = try await server.open()
            try await SharedServer.withSchema { url, _ in
                let base = try await PostgresStore.open(url, logger: silent)
                try await body([EncryptedStore(Tiers(front: front, base: base, logger: silent), keys: keys)])
                await base.close()
            }
            await front.close()
        }
    }

    @Test(
        "Over DynamoDB, a few checks", .enabled(if: MotoServer.isInstalled, Comment(rawValue: MotoServer.missing)),
        arguments: motoChecks)
    func dynamoDB(check: ConformanceCheck) async throws {
        var effort = effort
        effort.shortRetention = .milliseconds(250)
        effort.clockTolerance = .seconds(1)
        try await run(check, effort) { body, keys in
            let store = try await MotoServer.shared().open(MotoServer.freshTable())
            try await body([EncryptedStore(store, keys: keys)])
            await store.close()
        }
    }
}
