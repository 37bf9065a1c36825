import Idempotency
import StoreTestParts
import Testing

@testable import IdempotencyDynamoDB

/// The clock of an instance, held to the server's.
@Suite struct ServerClockTests {
    private let source = TestClock()

    /// What the server's clock shows, in whole seconds, when this machine's is wrong by so much.
    private func serverSeconds(_ error: Duration = .zero) -> Int64 {
        (source.now + (.zero - error)).microseconds / 1_000_000
    }

    @discardableResult
    private func answer(_ clock: ServerClock, error: Duration = .zero, roundTrip: Duration = .milliseconds(4))
        -> Duration
    {
        let sent = source.uptime
        source.advance(by: roundTrip)
        return clock.learn(date: serverSeconds(error), sent: sent, received: source.uptime)
    }

    @Test("A clock that agrees with the server's stays as it is, to the microsecond")
    func agrees() {
        let clock = ServerClock(source)
        let id = clock.read().clock
        for _ in 0..<50 {
            #expect(answer(clock) == .zero)
            source.advance(by: .milliseconds(137))
        }
        #expect(clock.read().now == source.now)
        #expect(clock.read().clock == id)
    }

    @Test(
        "A clock that is wrong is corrected by the first answer, to within a second and a half",
        arguments: [-86_400, -3, 3, 3600])
    func wrong(seconds: Int64) {
        let clock = ServerClock(source)
        source.stepWall(by: .zero)
        let error = Duration.seconds(seconds)
        let id = clock.read().clock
        #expect(answer(clock, error: error) != .zero)
        let off = clock.read().now - (source.now + (.zero - error))
        #expect(off < .milliseconds(1500) && off > .milliseconds(-1500))
        // Stamps from before mean nothing by the new clock.
        #expect(clock.read().clock != id)
        #expect(clock.corrections == 1)
    }

    @Test("With every answer the bounds narrow, down to the round trip and what is allowed for")
    func narrows() throws {
        let clock = ServerClock(source)
        answer(clock)
        let first = try #require(clock.read().uncertainty)
        for _ in 0..<200 {
            source.advance(by: .milliseconds(93))
            answer(clock)
        }
        let last = try #require(clock.read().uncertainty)
        #expect(first > .seconds(1))
        #expect(last < .milliseconds(700))
    }

    @Test("How far it may be off is not known before the first answer, and grows while there is none")
    func unknown() throws {
        let clock = ServerClock(source)
        #expect(clock.read().uncertainty == nil)
        answer(clock)
        let soon = try #require(clock.read().uncertainty)
        source.advance(by: .seconds(86_400))
        #expect(try #require(clock.read().uncertainty) > soon + .seconds(10))
    }

    @Test("Setting the machine's wall clock after the start changes nothing")
    func steps() {
        let clock = ServerClock(source)
        answer(clock)
        let before = clock.read().now
        source.stepWall(by: .seconds(86_400))
        source.advance(by: .seconds(1))
        #expect(clock.read().now - before == .seconds(1))
    }

    @Test("A server whose look at its clock was a little late or early corrects nothing")
    func slack() {
        let clock = ServerClock(source)
        // The header tells whole seconds: look at the very end of one, and just behind it.
        let toNext = 1_000_000 - source.now.microseconds % 1_000_000
        source.advance(by: .microseconds(toNext + 10_000))
        let seconds = source.now.microseconds / 1_000_000
        #expect(clock.learn(date: seconds - 1, sent: source.uptime, received: source.uptime) == .zero)
        source.advance(by: .milliseconds(980))
        #expect(clock.learn(date: seconds + 1, sent: source.uptime, received: source.uptime) == .zero)
    }
}
