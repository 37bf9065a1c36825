import Idempotency
import IdempotencyPostgres
import IdempotencyRedis
import IdempotencyTestKit
import IdempotencyTiered
import PostgresTestServer
import RedisTestParts
import StoreTestParts
import Testing

/// What an operation costs the store behind: one write instead of two.
@Suite("Tiers: writes behind") struct WriteCountTests {
    private typealias CountedTiers = TieredStore<MemoryStore, RecordingStore<MemoryStore>>

    private let clock = ManualClock()

    /// Performs operations with a key each, `times` over, and checks that each ran once.
    private func perform(_ count: Int, times: Int = 1, in store: some RecordStore) async throws {
        let once = Once(store: store, interrupted: .hold)
        for number in 0..<count {
            let key = try IdempotencyKey("key-\(number)")
            for _ in 0..<times {
                let value = try await once.perform(key, scope: "test") { _ in number }
                #expect(value == number)
            }
        }
    }

    /// What was asked of a store: writes, of those how many were carried out, and looks.
    private func asked(_ log: ExchangeLog) -> [Int] {
        let writes = log.entries.filter { $0.exchange.expecting != .vacant || $0.exchange.next != nil }
        let looks = log.entries.count - writes.count
        return [writes.count, writes.count { $0.reply?.isStored == true }, looks]
    }

    @Test("An operation that runs asks one write of the store behind, its duplicates ask nothing; alone it takes two")
    func inMemory() async throws {
        let alone = RecordingStore(MemoryStore(clock: clock))
        try await perform(20, in: alone)
        #expect(asked(alone.log) == [40, 40, 0])

        let base = RecordingStore(MemoryStore(clock: clock))
        let front = MemoryStore(clock: clock)
        let stores = (0..<2).map { _ in CountedTiers(front: front, base: base, logger: silent) }
        try await perform(20, in: stores[0])
        #expect(asked(base.log) == [20, 20, 20])
        // Duplicates, in the same process and in another one.
        base.log.removeAll()
        try await perform(20, times: 2, in: stores[0])
        try await perform(20, times: 2, in: stores[1])
        #expect(asked(base.log) == [0, 0, 0])
    }

    @Test("Renewals and releases ask no write of the store behind; a recovery point and a doubt ask one each")
    func otherMoves() async throws {
        let base = RecordingStore(MemoryStore(clock: clock))
        let store = CountedTiers(front: MemoryStore(clock: clock), base: base, logger: silent)
        let claimed = try await store.exchange(.claim(.test(1), .test(1))).record
        var record = try #require(claimed)
        for _ in 0..<3 {
            let renewal = Draft(record, state: .running(lease: .seconds(30)))
            let reply = try await store.exchange(Exchange(.test(1), expecting: .running(.test(1)), next: renewal))
            record = try #require(reply.record)
        }
        #expect(record.renewals == 3)
        #expect(try await store.exchange(Exchange(.test(1), expecting: .running(.test(1)), next: nil)).isStored)
        #expect(asked(base.log)[0] == 0)

        record = try #require(try await store.exchange(.claim(.test(2), .test(2))).record)
        var saved = Draft(record, state: .running(lease: .seconds(30)))
        saved.checkpoint = [1]
        let kept = try await store.exchange(Exchange(.test(2), expecting: .running(.test(2)), next: saved))
        #expect(asked(base.log).prefix(2) == [1, 1])
        let doubt = Draft(try #require(kept.record), state: .inDoubt(.leaseLapsed))
        #expect(try await store.exchange(Exchange(.test(2), expecting: .running(.test(2)), next: doubt)).isStored)
        #expect(asked(base.log).prefix(2) == [2, 2])
    }

    @Test("On real servers, PostgreSQL writes one row per operation behind Redis, and two row versions alone")
    func onServers() async throws {
        let redis = try await RedisServer.start(.never)
        for hasFront in [true, false] {
            try await SharedServer.withSchema { url, server in
                let schema = String(url.split(separator: "%3D").last ?? "public")
                let base = try await PostgresStore.open(url, logger: silent)
                if hasFront {
                    let front = try await redis.open()
                    let store = ServerTiers(front: front, base: base, logger: silent)
                    try await perform(20, times: 3, in: store)
                    await front.close()
                } else {
                    try await perform(20, times: 3, in: base)
                }
                // Sessions report what they wrote at their end at the latest.
                await base.close()
                let count = """
                    SELECT n_tup_ins + n_tup_upd + n_tup_del FROM pg_stat_user_tables
                    WHERE relid = 'idempotency_records'::regclass
                    """
                let expected = hasFront ? 20 : 40
                var written = -1
                for _ in 0..<200 where written < expected {
                    written = Int(try await server.execute(count, schema: schema)) ?? -1
                    try await Task.sleep(for: .milliseconds(20))
                }
                #expect(written == expected)
            }
        }
    }
}
