import Idempotency
import Testing

@Suite("Points in time") struct TimestampTests {
    @Test(
        "Durations are cut to whole microseconds towards zero, and held within 64 bits",
        arguments: [
            (.zero, 0), (.microseconds(1), 1), (.nanoseconds(1999), 1), (.nanoseconds(-1), 0),
            (.nanoseconds(-1999), -1),
            (.seconds(30), 30_000_000), (.seconds(-30), -30_000_000),
            (Duration(secondsComponent: 1, attosecondsComponent: 999_999_999_999_999_999), 1_999_999),
            (.seconds(Int64.max), .max), (.seconds(Int64.min), .min), (.microseconds(Int64.max), .max),
            (.microseconds(Int64.min), .min),
        ] as [(Duration, Int64)])
    func wholeMicroseconds(duration: Duration, microseconds: Int64) {
        #expect(duration.wholeMicroseconds == microseconds)
    }

    @Test(
        "Whole microseconds become the duration that they are", arguments: [0, 1, -1, 30_000_000, Int64.max, Int64.min])
    func durations(microseconds: Int64) {
        #expect(Duration(wholeMicroseconds: microseconds) == .microseconds(microseconds))
        let (zero, time) = (Timestamp(microseconds: 0), Timestamp(microseconds: microseconds))
        #expect(time - zero == .microseconds(microseconds))
        #expect(zero + .microseconds(microseconds) == time)
    }

    @Test("Local moments differ by nanoseconds")
    func moments() {
        let (a, b) = (Moment(nanoseconds: 5), Moment(nanoseconds: -1_000_000_007))
        #expect(a - b == .nanoseconds(1_000_000_012) && b - a == .nanoseconds(-1_000_000_012))
    }

    @Test("A sleep on the local clock ends no earlier than it was asked to")
    func clock() async throws {
        let clock = SystemLocalClock()
        let start = clock.now
        try await clock.sleep(until: start + .milliseconds(3))
        #expect(clock.now >= start + .milliseconds(3))
    }
}
