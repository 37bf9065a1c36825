import Idempotency
import StoreTestParts
import Testing

/// An embedded store answers as the specification does.
@Suite struct RegisterTests {
    @Test(
        "Seeded random histories are answered exactly as the register answers them", arguments: EmbeddedStore.allCases,
        0..<12)
    func randomHistories(kind: EmbeddedStore, number: Int) async throws {
        let seed = UInt64(number) &* 0x9E37_79B9 &+ 11
        var history = RandomHistory(seed: seed)
        let directory = try TestDirectory()
        let clock = TestClock()
        let store = try await kind.open(in: directory, clock: clock)
        let specification = MemoryStore(clock: clock)
        for step in 0..<600 {
            switch history.next() {
            case .wait(let duration):
                clock.advance(by: duration)
            case .exchange(let exchange):
                let expected = try await specification.exchange(exchange)
                let reply = try await store.exchange(exchange)
                #expect(reply == expected, "seed \(seed), step \(step): \(exchange)")
                history.note(exchange.id, reply.record)
            case .look(let query):
                let expected = try await specification.records(query)
                #expect(try await store.records(query) == expected, "seed \(seed), step \(step): \(query)")
                #expect(try await store.counts() == specification.counts(), "seed \(seed), step \(step)")
            case .sweep(let limit):
                _ = try await specification.sweep(limit: 10_000)
                while try await store.sweep(limit: limit) == limit {}
            }
        }
        await store.close()
    }

    @Test(
        "A batch of exchanges of one key is answered as if they had come one by one", arguments: EmbeddedStore.allCases)
    func oneKeyInOneBatch(kind: EmbeddedStore) async throws {
        let directory = try TestDirectory()
        let clock = TestClock()
        let store = try await kind.open(in: directory, clock: clock)
        let replies = try await withThrowingTaskGroup(of: ExchangeReply.self) { group in
            for number in 0..<500 {
                group.addTask { try await store.exchange(.claim(.test(1), .test(number))) }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        let stored = replies.filter(\.isStored)
        #expect(stored.count == 1)
        #expect(replies.allSatisfy { $0.record == stored[0].record })
        await store.close()
    }

    @Test(
        "Two ids with the same first 64 bits are two records, whichever goes first", arguments: EmbeddedStore.allCases)
    func collisions(kind: EmbeddedStore) async throws {
        let directory = try TestDirectory()
        let store = try await kind.open(in: directory)
        let ids = (0..<5).map { RecordID.test($0, prefix: 42) }
        var records: [Record] = []
        for (number, id) in ids.enumerated() {
            let reply = try await store.exchange(.claim(id, .test(number)))
            #expect(reply.isStored)
            records.append(try #require(reply.record))
        }
        _ = try await store.exchange(Exchange(ids[0], expecting: .running(.test(0)), next: nil))
        #expect(try await store.exchange(.claim(ids[3], .test(9))).isStored == false)
        #expect(try await store.exchange(.claim(ids[0], .test(10))).isStored)
        for (number, id) in ids.enumerated().dropFirst() {
            #expect(try await store.record(id).record?.owner == .test(number))
        }
        await store.close()
    }

    @Test(
        "A fence grows with every claim of a key, also after release, expiry, sweep and a new start",
        arguments: EmbeddedStore.allCases)
    func fences(kind: EmbeddedStore) async throws {
        let directory = try TestDirectory()
        let clock = TestClock()
        var last = Fence(0)
        for round in 0..<4 {
            let store = try await kind.open(in: directory, clock: clock)
            let first = try #require(try await store.exchange(.claim(.test(1), .test(1))).record)
            #expect(first.fence > last, "round \(round)")
            _ = try await store.exchange(Exchange(.test(1), expecting: .running(.test(1)), next: nil))
            let second = try #require(try await store.exchange(.claim(.test(1), .test(2))).record)
            #expect(second.fence > first.fence)
            _ = try await store.exchange(.complete(.test(1), second, retention: .seconds(10)))
            clock.advance(by: .seconds(10))
            let third = try #require(try await store.exchange(.claim(.test(1), .test(3))).record)
            #expect(third.fence > second.fence)
            _ = try await store.exchange(.complete(.test(1), third, retention: .seconds(10)))
            clock.advance(by: .seconds(11))
            #expect(try await store.sweep(limit: 10) == 1)
            last = third.fence
            await store.close()
        }
    }

    @Test(
        "A write whose acknowledgement was lost finds its own owner when it is repeated",
        arguments: EmbeddedStore.allCases)
    func lostReply(kind: EmbeddedStore) async throws {
        let directory = try TestDirectory()
        let store = try await kind.open(in: directory)
        _ = try await store.exchange(.claim(.test(1), .test(1)))
        let again = try await store.exchange(.claim(.test(1), .test(1)))
        #expect(!again.isStored)
        #expect(again.record?.owner == .test(1))
        await store.close()
    }

    @Test(
        "Scenario 13: a record is there until the instant at which it expires, and vacant from then on",
        arguments: EmbeddedStore.allCases)
    func expiryEdge(kind: EmbeddedStore) async throws {
        let directory = try TestDirectory()
        let clock = TestClock()
        let store = try await kind.open(in: directory, clock: clock)
        for number in 1...2 {
            let record = try #require(try await store.exchange(.claim(.test(number), .test(1))).record)
            _ = try await store.exchange(.complete(.test(number), record, retention: .seconds(60)))
        }
        clock.advance(by: .seconds(60) - .microseconds(1))
        #expect(try await store.sweep(limit: 10) == 0)
        #expect(try await store.counts() == RecordCounts(completed: 2))
        #expect(try await store.exchange(.claim(.test(1), .test(2))).isStored == false)
        clock.advance(by: .microseconds(1))
        #expect(try await store.record(.test(1)).record == nil)
        #expect(try await store.counts() == RecordCounts(expired: 2))
        #expect(try await store.exchange(.claim(.test(1), .test(3))).isStored)
        #expect(try await store.sweep(limit: 10) == 1)
        #expect(try await store.counts() == RecordCounts(running: 1))
        await store.close()
    }

    @Test(
        "All that is written comes back after the store is closed and opened again", arguments: EmbeddedStore.allCases,
        [0, 1, 5000, 1 << 20])
    func largeAndSmall(kind: EmbeddedStore, size: Int) async throws {
        let directory = try TestDirectory()
        let clock = TestClock()
        var store = try await kind.open(in: directory, clock: clock)
        var draft = Draft(claiming: .test(3), owner: .test(1), lease: .seconds(5))
        draft.label = Label(key: "k\u{0}ey ✓", scope: "", operation: "POST /payments")
        draft.checkpoint = [UInt8](repeating: 9, count: size)
        let running = try #require(
            try await store.exchange(Exchange(.test(1), expecting: .vacant, next: draft)).record)
        let bytes = [UInt8](repeating: 7, count: size)
        let completed = try await store.exchange(.complete(.test(1), running, bytes)).record
        await store.close()
        store = try await kind.open(in: directory, clock: clock)
        #expect(try await store.record(.test(1)).record == completed)
        await store.close()
    }
}
