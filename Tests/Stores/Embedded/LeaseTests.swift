import Idempotency
import StoreTestParts
import Testing

/// Leases are counted on the boot clock, and end with whoever holds them.
@Suite struct LeaseTests {
    private let clock = TestClock()
    private let directory: TestDirectory

    init() throws {
        directory = try TestDirectory()
    }

    @Test(
        "Scenario 15: a step of the wall clock neither ends nor prolongs a lease", arguments: EmbeddedStore.allCases,
        [172_800, -3600])
    func wallClockSteps(kind: EmbeddedStore, seconds: Int) async throws {
        let store = try await kind.open(in: directory, clock: clock)
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

    @Test(
        "A running record from before a new start of the machine has lapsed at once", arguments: EmbeddedStore.allCases)
    func reboot(kind: EmbeddedStore) async throws {
        let first = try await kind.open(in: directory, clock: clock)
        _ = try await first.exchange(.claim(.test(1), .test(1), lease: .seconds(3000)))
        await first.close()
        clock.reboot()
        let second = try await kind.open(in: directory, clock: clock)
        let found = try await second.record(.test(1))
        #expect(try #require(found.record).hasLiveLease(at: found.now) == false)
        await second.close()
    }

    @Test("Scenario 14: a completion after a takeover changes nothing", arguments: EmbeddedStore.allCases)
    func lateCompletion(kind: EmbeddedStore) async throws {
        let store = try await kind.open(in: directory, clock: clock)
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
        "A lease of any length is kept as it is, the endless one too", arguments: EmbeddedStore.allCases,
        [Duration.zero, .seconds(Int64.max)])
    func extremeLeases(kind: EmbeddedStore, lease: Duration) async throws {
        let store = try await kind.open(in: directory, clock: clock)
        let written = try await store.exchange(.claim(.test(1), .test(1), lease: lease)).record
        #expect(try await store.record(.test(1)).record == written)
        await store.close()
    }

    @Test("What an earlier opening left running has lapsed at once", arguments: EmbeddedStore.allCases)
    func orphans(kind: EmbeddedStore) async throws {
        let first = try await kind.open(in: directory, clock: clock)
        _ = try await first.exchange(.claim(.test(1), .test(1), lease: .seconds(30)))
        await first.close()
        clock.advance(by: .seconds(1))
        let second = try await kind.open(in: directory, clock: clock)
        let found = try await second.record(.test(1))
        #expect(try #require(found.record).hasLiveLease(at: found.now) == false)
        #expect(try await second.counts() == RecordCounts(lapsed: 1))
        await second.close()
    }

    @Test(
        "Where operations outlive their process, an orphan's lease runs on, on the boot clock",
        arguments: EmbeddedStore.allCases)
    func patientOrphans(kind: EmbeddedStore) async throws {
        let first = try await kind.open(in: directory, clock: clock) { $0.orphansLapseAtOnce = false }
        _ = try await first.exchange(.claim(.test(1), .test(1), lease: .seconds(30)))
        await first.close()
        clock.stepWall(by: .seconds(7200))
        clock.advance(by: .seconds(29))
        let second = try await kind.open(in: directory, clock: clock) { $0.orphansLapseAtOnce = false }
        #expect(try await second.counts() == RecordCounts(running: 1))
        clock.advance(by: .seconds(1))
        #expect(try await second.counts() == RecordCounts(lapsed: 1))
        await second.close()
    }

    @Test(
        "Where operations outlive their process, after a restart of the machine the wall clock decides",
        arguments: EmbeddedStore.allCases)
    func patientOrphansAfterReboot(kind: EmbeddedStore) async throws {
        let first = try await kind.open(in: directory, clock: clock) { $0.orphansLapseAtOnce = false }
        _ = try await first.exchange(.claim(.test(1), .test(1), lease: .seconds(3000)))
        await first.close()
        clock.reboot()
        clock.advance(by: .seconds(2999))
        let second = try await kind.open(in: directory, clock: clock) { $0.orphansLapseAtOnce = false }
        #expect(try await second.counts() == RecordCounts(running: 1))
        clock.advance(by: .seconds(1))
        #expect(try await second.counts() == RecordCounts(lapsed: 1))
        await second.close()
    }
}
