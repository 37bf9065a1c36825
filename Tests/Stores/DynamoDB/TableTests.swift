import DynamoDBTestParts
import Idempotency
import StoreTestParts
import Testing

@testable import IdempotencyDynamoDB

/// The table in moto: what is there, what is refused, other processes, the clock of another machine.
@Suite(.enabled(if: MotoServer.isInstalled, Comment(rawValue: MotoServer.missing)))
struct TableTests {
    /// A machine whose wall clock is wrong by so much.
    private struct WrongClock: MachineClock {
        let error: Duration
        private let right: any MachineClock = .machine

        init(error: Duration) {
            self.error = error
        }

        var now: Timestamp { right.now + error }
        var uptime: Duration { right.uptime }
        var bootID: String? { right.bootID }
    }

    @Test("A table that is not there is not made unless that is asked for")
    func missing() async throws {
        let table = MotoServer.freshTable()
        let error = await #expect(throws: StoreError.self) {
            _ = try await MotoServer.shared().open(table) { $0.createsTable = false }
        }
        #expect(error?.code == .misuse)
        #expect(error?.message.contains("?create=yes") == true)
        let store = try await MotoServer.shared().open(table)
        await store.close()
        let again = try await MotoServer.shared().open(table) { $0.createsTable = false }
        #expect(again.report.expiresItems)
        await again.close()
    }

    @Test("The time to live is on completed records and vacant keys, in seconds, and on no other")
    func timeToLive() async throws {
        let store = try await MotoServer.shared().open(MotoServer.freshTable())
        func ttl() async throws -> AttributeValue? {
            let body = try ReadRequest(TableName: store.context.table, id: .test(1)).json()
            let answer = try await store.context.patientCall("GetItem", body)
            return try ServiceAnswers.read(ServiceAnswers.OneItem.self, answer).Item?["ttl"]
        }
        let claim = try await store.exchange(.claim(.test(1), .test(1)))
        #expect(try await ttl() == nil)
        let record = try #require(claim.record)
        let doubt = Exchange(
            .test(1), expecting: .running(record.owner), next: Draft(record, state: .inDoubt(.unknownEnd)))
        let doubted = try #require(try await store.exchange(doubt).record)
        #expect(try await ttl() == nil)
        let completion = Draft(doubted, state: .completed(Outcome(.success, []), retention: .seconds(100)))
        let done = try await store.exchange(
            Exchange(.test(1), expecting: .inDoubt(record.owner), next: completion))
        #expect(try await ttl() == .number(done.now.microseconds / 1_000_000 + 100 + 3600 + 1))
        await store.close()
    }

    @Test("Scenario 33: an expired record that is still there counts as vacant in the one conditional write")
    func expired() async throws {
        let store = try await MotoServer.shared().open(MotoServer.freshTable())
        let record = try #require(try await store.exchange(.claim(.test(1), .test(1))).record)
        _ = try await store.exchange(.complete(.test(1), record, retention: .zero))
        let next = try await store.exchange(.claim(.test(1), .test(2)))
        #expect(next.isStored)
        #expect(try #require(next.record).fence > record.fence)
        await store.close()
    }

    @Test(
        "Machines whose wall clocks are wrong by a day stamp and expire by the server's time",
        arguments: [-86_400, 86_400])
    func skewed(seconds: Int64) async throws {
        let table = MotoServer.freshTable()
        let right = try await MotoServer.shared().open(table)
        let wrong = try await MotoServer.shared().open(table) { $0.clock = WrongClock(error: .seconds(seconds)) }
        let record = try #require(try await wrong.exchange(.claim(.test(1), .test(1))).record)
        let seen = try await right.exchange(.claim(.test(1), .test(2)))
        #expect(seen.record?.hasLiveLease(at: seen.now) == true)
        #expect(try #require(seen.record).remainingLease(at: seen.now) <= .seconds(32))
        #expect(try await wrong.exchange(.complete(.test(1), record)).isStored)
        let replay = try await right.exchange(.claim(.test(1), .test(2)))
        #expect(replay.record?.queryState(at: replay.now) == .completed)
        #expect(wrong.statistics.clockCorrections > 0)
        #expect(right.statistics.clockCorrections == 0)
        await right.close()
        await wrong.close()
    }

    @Test("Another instance waits for a lease that has just ended, until clocks cannot have hidden it")
    func otherInstance() async throws {
        let table = MotoServer.freshTable()
        let one = try await MotoServer.shared().open(table)
        let other = try await MotoServer.shared().open(table) { $0.clockTolerance = .seconds(3600) }
        _ = try await one.exchange(.claim(.test(1), .test(1), lease: .milliseconds(400)))
        try await Task.sleep(for: .milliseconds(450))
        let own = try await one.exchange(.claim(.test(1), .test(2)))
        #expect(own.record?.hasLiveLease(at: own.now) == false)
        let first = try await other.exchange(.claim(.test(1), .test(2)))
        #expect(first.record?.hasLiveLease(at: first.now) == true)
        try await Task.sleep(for: .milliseconds(450))
        let second = try await other.exchange(.claim(.test(1), .test(2)))
        #expect(second.record?.hasLiveLease(at: second.now) == false)
        await one.close()
        await other.close()
    }

    @Test("Of two processes that claim the same keys each key goes to exactly one")
    func races() async throws {
        let server = try MotoServer.shared()
        let table = MotoServer.freshTable()
        let store = try await server.open(table)
        let peers = [
            try Peer("race", "dynamodb:\(server.port)/\(table)", "1", "40"),
            try Peer("race", "dynamodb:\(server.port)/\(table)", "2", "40"),
        ]
        var won = 0
        for peer in peers { won += await peer.line().flatMap { Int($0) } ?? -1000 }
        for peer in peers { await peer.finish() }
        #expect(won == 40)
        #expect(try await store.counts() == RecordCounts(running: 40))
        await store.close()
    }
}
