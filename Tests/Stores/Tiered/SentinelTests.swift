import Idempotency
import IdempotencyPostgres
import IdempotencyRedis
import IdempotencyTiered
import PostgresTestServer
import RedisTestParts
import StoreTestParts
import Testing

/// A primary that sentinels watch over in front of PostgreSQL, and its failover to a replica that was behind.
@Suite("Tiers: sentinels in front") struct SentinelTests {
    /// Keys whose outcomes the replica never gets.
    private static let forgotten = 1_000_000..<1_000_010
    /// Keys whose claims the replica never gets: nobody else comes, or somebody does, and either ends first.
    private static let (alone, late, early) = (2_000_000..<2_000_005, 3_000_000..<3_000_005, 4_000_000..<4_000_005)
    /// A key that is claimed and released all the time.
    private static let turned = 5_000_000

    @Test("When the primary is killed, no operation gets a second outcome, acknowledged ones stay, and work goes on")
    func failover() async throws {
        let group = try await RedisSentinels.start()
        try await SharedServer.withSchema { url, _ in
            let one = try await Self.open(group, url)
            let two = try await Self.open(group, url)
            let callers = Callers()
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                for caller in 0..<6 {
                    // Each two of them, in two processes, fight over the same keys.
                    let keys = stride(from: caller / 2, to: 1_000_000, by: 3)
                    tasks.addTask { try await callers.execute(keys, as: caller, in: caller % 2 == 0 ? one : two) }
                }
                tasks.addTask { try await callers.turn(Self.turned, in: two) }
                try await Self.waitForMore(of: callers)
                try await Self.failOver(group, one, two, callers)
                try await Self.waitForMore(of: callers)
                callers.stop()
                try await tasks.waitForAll()
            }
            try await Self.check(callers, in: [one, two])
            for store in [one, two] {
                await store.front.close()
                await store.base.close()
            }
        }
    }

    /// Kills the primary when it has acknowledged what its replica does not know.
    private static func failOver(
        _ group: RedisSentinels, _ one: ServerTiers, _ two: ServerTiers, _ callers: Callers
    ) async throws {
        try await group.leaveReplicaBehind()
        try await callers.execute(forgotten, as: 0, in: one)
        var claims: [Int: Record] = [:]
        for key in [alone, late, early].joined() {
            claims[key] = try await callers.claim(key, as: .test(key), in: one)
        }
        group.primary.crash()
        group.replica.resume()
        // The first of these replies comes from the new primary; it has lost all of them.
        for key in forgotten {
            #expect(try await callers.claim(key, as: .test(key + 1), in: two) == nil, "key \(key) ran again")
        }
        #expect(two.statistics.copied >= forgotten.count)
        #expect(try group.replica.send("ROLE").members?.first?.text == "master")
        for key in alone { try await callers.end(key, #require(claims[key]), in: one) }
        for (key, isFirst) in late.map({ ($0, false) }) + early.map({ ($0, true) }) {
            let first = try (#require(claims[key]), one)
            // This is what such a loss can do: both run.
            let second = (try #require(try await callers.claim(key, as: .test(key + 1), in: two)), two)
            let ends = isFirst ? [first, second] : [second, first]
            for (record, store) in ends { try await callers.end(key, record, in: store) }
            #expect(callers.told[key]?.ended == [ends[0].0.owner])
        }
        #expect(one.statistics.lostClaims >= alone.count + early.count)
        #expect(one.statistics.overruled >= early.count)
    }

    /// Whatever callers were told of a key is one outcome, of one attempt, and is what the next ones are told.
    private static func check(_ callers: Callers, in stores: [ServerTiers]) async throws {
        for key in callers.told.keys where key != turned {
            // Where the replica has a claim but not its end, this waits until the lease is over.
            for (number, store) in stores.enumerated() {
                let owner = Owner.test(key * 100 + 98 + number)
                #expect(try await callers.claim(key, as: owner, in: store) == nil, "key \(key) ran again")
            }
        }
        for (key, told) in callers.told {
            #expect(zip(told.fences, told.fences.dropFirst()).allSatisfy(<), "fences of key \(key): \(told.fences)")
            guard key != turned else { continue }
            #expect(told.ended.count == 1 && told.outcomes.count == 1, "key \(key): \(told)")
        }
    }

    private static func open(_ group: RedisSentinels, _ url: String) async throws -> ServerTiers {
        var configuration = PostgresStore.Configuration()
        configuration.connections = 2
        let base = try await PostgresStore.open(url, configuration: configuration, logger: silent)
        return ServerTiers(front: try await group.open(), base: base, logger: silent)
    }

    /// Waits until callers have ended so many operations more.
    private static func waitForMore(of callers: Callers) async throws {
        let enough = callers.ended + 60
        for _ in 0..<1500 where callers.ended < enough { try await Task.sleep(for: .milliseconds(10)) }
        #expect(callers.ended >= enough)
    }
}
