import Foundation
import Idempotency
import IdempotencySQLite
import StoreTestParts
import Testing

/// Leases are counted on the boot clock, and end with whoever holds them.
@Suite struct LeaseTests {
    private let clock = TestClock()
    private let directory: TestDirectory

    init() throws {
        directory = try TestDirectory()
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

}

extension TestDirectory {
    /// Removes a file in it.
    func remove(_ name: String) throws {
        try FileManager.default.removeItem(atPath: file(name))
    }
}
