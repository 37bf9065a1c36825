import Foundation
import Idempotency
import IdempotencySQLite
import Testing

/// Leases are counted on the boot clock, and end with whoever holds them.
@Suite struct LeaseTests {
    private let clock = TestClock()
    private let directory: TestDirectory

    init() throws {
        directory = try TestDirectory()
    }

    @Test("Scenario 15: a step of the wall clock neither ends nor prolongs a lease", arguments: [172_800, -3600])
    func wallClockSteps(seconds: Int) async throws {
        let store = try await SQLiteStore.test(directory.file(), clock: clock)
        _ = try await store.exchange(.claim(.test(1), .test(1), lease: .seconds(30)))
        clock.stepWall(by: .seconds(seconds))
        clock.advance(by: .seconds(30) - .microseconds(1))
        let before = try await store.record(.test(1))
        #expect(try #require(before.record).hasLiveLease(at: before.now))
        clock.advance(by: .microseconds(1))
        let after = try await store.record(.test(1))
        #expect(try #require(after.record).hasLiveLease(at: after.now) == false)
        await store.close()
    }

    @Test("The running record of another living instance keeps its lease")
    func livingInstance() async throws {
        let first = try await SQLiteStore.test(directory.file(), clock: clock)
        let second = try await SQLiteStore.test(directory.file(), clock: clock)
        _ = try await first.exchange(.claim(.test(1), .test(1), lease: .seconds(30)))
        clock.advance(by: .seconds(10))
        let reply = try await second.exchange(.claim(.test(1), .test(2)))
        #expect(reply.record?.state == .running(leaseEnd: reply.now + .seconds(20)))
        #expect(try await second.counts() == RecordCounts(running: 1))
        await first.close()
        await second.close()
    }

    @Test("A running record whose instance was closed has lapsed at once")
    func closedInstance() async throws {
        let first = try await SQLiteStore.test(directory.file(), clock: clock)
        let second = try await SQLiteStore.test(directory.file(), clock: clock)
        _ = try await first.exchange(.claim(.test(1), .test(1), lease: .seconds(30)))
        await first.close()
        let reply = try await second.exchange(.claim(.test(1), .test(2)))
        #expect(!reply.isStored)
        #expect(try #require(reply.record).hasLiveLease(at: reply.now) == false)
        #expect(try await second.counts() == RecordCounts(lapsed: 1))
        await second.close()
        let third = try await SQLiteStore.test(directory.file(), clock: clock)
        #expect(try await third.counts() == RecordCounts(lapsed: 1))
        await third.close()
    }

    @Test("A running record from before a new start of the machine has lapsed at once")
    func reboot() async throws {
        let first = try await SQLiteStore.test(directory.file(), clock: clock)
        _ = try await first.exchange(.claim(.test(1), .test(1), lease: .seconds(3000)))
        await first.close()
        clock.reboot()
        let second = try await SQLiteStore.test(directory.file(), clock: clock)
        let found = try await second.record(.test(1))
        #expect(try #require(found.record).hasLiveLease(at: found.now) == false)
        await second.close()
    }

    @Test("When the file of locks was replaced, nobody is taken for dead: the lease decides")
    func replacedLockFile() async throws {
        let first = try await SQLiteStore.test(directory.file(), clock: clock)
        _ = try await first.exchange(.claim(.test(1), .test(1), lease: .seconds(30)))
        try directory.remove("once.db.locks")
        let second = try await SQLiteStore.test(directory.file(), clock: clock)
        let found = try await second.record(.test(1))
        #expect(try #require(found.record).hasLiveLease(at: found.now))
        await first.close()
        await second.close()
    }

    @Test("Scenario 14: a completion after a takeover changes nothing")
    func lateCompletion() async throws {
        let store = try await SQLiteStore.test(directory.file(), clock: clock)
        let old = try #require(try await store.exchange(.claim(.test(1), .test(1), lease: .seconds(5))).record)
        clock.advance(by: .seconds(6))
        let takeover = Exchange(
            .test(1), expecting: .unrenewed(.test(1), renewals: 0),
            next: Draft(takingOver: old, owner: .test(2), lease: .seconds(5)))
        let new = try #require(try await store.exchange(takeover).record)
        #expect(new.fence > old.fence)
        let late = try await store.exchange(.complete(.test(1), old))
        #expect(!late.isStored)
        #expect(late.record == new)
        await store.close()
    }

    @Test(
        "A lease of any length is kept as it is, the endless one too", arguments: [Duration.zero, .seconds(Int64.max)])
    func extremeLeases(lease: Duration) async throws {
        let store = try await SQLiteStore.test(directory.file(), clock: clock)
        let written = try await store.exchange(.claim(.test(1), .test(1), lease: lease)).record
        #expect(try await store.record(.test(1)).record == written)
        await store.close()
    }
}

extension TestDirectory {
    /// Removes a file in it.
    func remove(_ name: String) throws {
        try FileManager.default.removeItem(atPath: file(name))
    }
}
