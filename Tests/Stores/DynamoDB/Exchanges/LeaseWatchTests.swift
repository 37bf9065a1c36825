import Idempotency
import StoreTestParts
import Testing

@testable import IdempotencyDynamoDB

/// Leases are judged by watching: no clock of another machine can end one early or keep one for ever.
@Suite struct LeaseWatchTests {
    private let id = RecordID.test(1)
    private let start: Int64 = 1_700_000_000_000_000
    private static let lease = Duration.seconds(30)

    /// A record that another clock, off by `error`, stamped at the start.
    private func item(error: Duration = .zero, write: String = "w1", clock: String = "f") -> RecordCoding.StoredItem {
        let draft = Draft(claiming: .test(1), owner: .test(1), lease: Self.lease)
        let moment = Timestamp(microseconds: start) + error
        return RecordCoding.StoredItem(
            record: draft.stamped(at: moment, fence: Fence(1)), payload: 0, write: write, clock: clock,
            lease: Self.lease, fence: Fence(1), moment: moment)
    }

    /// The clock of the judge, so long after the start.
    private func reading(
        _ after: Duration, clock: UInt64 = 1, uncertainty: Duration? = .seconds(1)
    ) -> ServerClock.Reading {
        ServerClock.Reading(
            now: Timestamp(microseconds: start) + after, uptime: .seconds(500) + after, clock: clock,
            uncertainty: uncertainty)
    }

    private func isAlive(
        _ watch: LeaseWatch, _ item: RecordCoding.StoredItem, _ reading: ServerClock.Reading
    ) throws -> Bool {
        try #require(watch.judge(item, of: id, at: reading, seen: reading.uptime)).hasLiveLease(at: reading.now)
    }

    @Test("The clock that stamped a lease judges it to the microsecond")
    func ownClock() throws {
        let watch = LeaseWatch(tolerance: .seconds(5))
        let own = item(clock: "1")
        #expect(try isAlive(watch, own, reading(.microseconds(29_999_999))))
        #expect(try !isAlive(watch, own, reading(.seconds(30))))
        #expect(watch.judge(own, of: id, at: reading(.seconds(40)), seen: .seconds(540)) == own.record)
    }

    @Test("A lease of another clock is over when clocks cannot have hidden it any more, and not before")
    func tolerance() throws {
        let watch = LeaseWatch(tolerance: .seconds(5))
        #expect(try isAlive(watch, item(), reading(.microseconds(34_999_999))))
        #expect(try !isAlive(watch, item(), reading(.seconds(35))))
    }

    @Test("An attempt whose clock is slow keeps its lease: a judge who has not watched it waits the tolerance")
    func slowOwner() throws {
        // By the judge's clock the lease ended two seconds ago; the attempt's own has it for two more.
        #expect(try isAlive(LeaseWatch(tolerance: .seconds(5)), item(error: .seconds(-4)), reading(.seconds(28))))
    }

    @Test(
        "Without any trust in clocks a lease is over when it was seen unchanged for its length",
        arguments: [-3600, 0, 3600])
    func watching(error: Int64) throws {
        let watch = LeaseWatch(tolerance: .seconds(5))
        let other = item(error: .seconds(error))
        func alive(_ after: Duration) throws -> Bool { try isAlive(watch, other, reading(after, uncertainty: nil)) }
        #expect(try alive(.seconds(10)))
        #expect(try alive(.microseconds(39_999_999)))
        #expect(try !alive(.seconds(40)))
    }

    @Test("An attempt whose clock is an hour ahead does not keep its key for that hour")
    func fastOwner() throws {
        let watch = LeaseWatch(tolerance: .seconds(5))
        let other = item(error: .seconds(3600))
        #expect(try isAlive(watch, other, reading(.zero)))
        #expect(try !isAlive(watch, other, reading(.seconds(30))))
        let shown = try #require(watch.judge(other, of: .test(2), at: reading(.zero), seen: .seconds(500)))
        #expect(shown.remainingLease(at: reading(.zero).now) == Self.lease)
    }

    @Test("A write that came while the question was on its way is watched from its arrival, not from the question")
    func youngWrite() throws {
        let watch = LeaseWatch(tolerance: .seconds(5))
        let other = item(error: .seconds(3600))
        _ = watch.judge(other, of: id, at: reading(.zero), seen: .seconds(520))
        #expect(try isAlive(watch, other, reading(.seconds(49))))
        #expect(try !isAlive(watch, other, reading(.seconds(50))))
    }

    @Test("A renewal begins the watch anew")
    func renewal() throws {
        let watch = LeaseWatch(tolerance: .seconds(5))
        #expect(try isAlive(watch, item(error: .seconds(3600)), reading(.zero)))
        #expect(try isAlive(watch, item(error: .seconds(3600), write: "w2"), reading(.seconds(29))))
        #expect(try isAlive(watch, item(error: .seconds(3600), write: "w2"), reading(.seconds(58))))
        #expect(try !isAlive(watch, item(error: .seconds(3600), write: "w2"), reading(.seconds(59))))
    }

    @Test("A clock that may be off by more than half the tolerance is not believed")
    func uncertain() throws {
        let watch = LeaseWatch(tolerance: .seconds(5))
        #expect(try isAlive(watch, item(), reading(.seconds(3600), uncertainty: .seconds(3))))
        #expect(try !isAlive(LeaseWatch(tolerance: .seconds(5)), item(), reading(.seconds(3600))))
    }

    @Test("Without tolerance stamps are believed as they are")
    func noTolerance() throws {
        let watch = LeaseWatch(tolerance: .zero)
        #expect(
            watch.judge(item(), of: id, at: reading(.seconds(29), uncertainty: nil), seen: .seconds(529))
                == item().record)
        #expect(try !isAlive(watch, item(), reading(.seconds(30), uncertainty: nil)))
    }

    @Test("More records than can be watched cost a lease more, not memory")
    func bounded() throws {
        let watch = LeaseWatch(tolerance: .seconds(5))
        let other = item(error: .seconds(3600))
        for number in 0..<40_000 { _ = watch.judge(other, of: .test(number), at: reading(.zero), seen: .seconds(500)) }
        #expect(watch.count <= 16_384)
    }
}
