import Idempotency
import IdempotencyEmbedded
import Testing

@testable import IdempotencyRocksDB

/// Nothing is removed for good on the word of a clock that was just set forward.
@Suite struct ExpiryHorizonTests {
    private static let day: Int64 = 86_400_000_000

    private func reading(_ wall: Int64, _ uptime: Int64) -> MachineReading {
        MachineReading(now: Timestamp(microseconds: wall), uptime: uptime)
    }

    @Test("It goes with the wall clock, also when that is slewed")
    func slewing() {
        var horizon = ExpiryHorizon(reading(1000, 0))
        #expect(horizon.advance(to: reading(2000, 1000)) == Timestamp(microseconds: 2000))
        #expect(horizon.advance(to: reading(902_000, 2000)) == Timestamp(microseconds: 902_000))
        #expect(horizon.advance(to: reading(1_802_000, 3000)) == Timestamp(microseconds: 1_802_000))
    }

    @Test("A step forward is believed only after it has stood for an hour")
    func stepForward() {
        var horizon = ExpiryHorizon(reading(0, 0))
        let hour: Int64 = 3_600_000_000
        #expect(horizon.advance(to: reading(Self.day + 5, 5)) == Timestamp(microseconds: 5))
        #expect(horizon.advance(to: reading(Self.day + hour, hour)) == Timestamp(microseconds: hour))
        #expect(
            horizon.advance(to: reading(Self.day + hour + 5, hour + 5)) == Timestamp(microseconds: Self.day + hour + 5))
    }

    @Test("A step forward that is taken back was never believed; another one begins its hour anew")
    func stepTakenBack() {
        var horizon = ExpiryHorizon(reading(0, 0))
        let half: Int64 = 1_800_000_000
        _ = horizon.advance(to: reading(Self.day, 0))
        _ = horizon.advance(to: reading(half, half))
        _ = horizon.advance(to: reading(Self.day + half, half))
        #expect(horizon.advance(to: reading(Self.day + 2 * half, 2 * half)) == Timestamp(microseconds: 2 * half))
        #expect(horizon.advance(to: reading(2 * Self.day + 3 * half, 3 * half)) == Timestamp(microseconds: 3 * half))
    }

    @Test("A step back is believed at once")
    func stepBack() {
        var horizon = ExpiryHorizon(reading(Self.day, 0))
        #expect(horizon.advance(to: reading(100, 50)) == Timestamp(microseconds: 100))
        #expect(horizon.advance(to: reading(150, 100)) == Timestamp(microseconds: 150))
    }
}
