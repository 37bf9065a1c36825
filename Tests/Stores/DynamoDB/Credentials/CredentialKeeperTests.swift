import AsyncHTTPClient
import Idempotency
import NIOCore
import StoreTestParts
import Synchronization
import Testing

@testable import IdempotencyDynamoDB

/// Credentials that end are exchanged before they do, once for all who wait.
@Suite struct CredentialKeeperTests {
    /// Gives credentials for so long, and counts; or fails.
    private final class Issuer: CredentialSource {
        let name = "issuer"
        let clock: TestClock
        let lifetime: Duration
        let issued = Mutex(0)
        let fails = Mutex(false)

        init(_ clock: TestClock, lifetime: Duration) {
            self.clock = clock
            self.lifetime = lifetime
        }

        func load(_ call: CredentialCall) -> EventLoopFuture<Credentials> {
            let number = issued.withLock { issued in
                issued += 1
                return issued
            }
            if fails.withLock({ $0 }) {
                return call.failure(CredentialProblem(description: "away", code: .unavailable))
            }
            let end = clock.now + lifetime
            return call.loop.scheduleTask(in: .milliseconds(20)) {
                Credentials(accessKey: "\(number)", secretKey: "s", expires: end)
            }.futureResult
        }
    }

    @Test("Many who ask at once get the same, from one request")
    func once() async throws {
        let clock = TestClock()
        let issuer = Issuer(clock, lifetime: .seconds(3600))
        let bench = try await CredentialBench(issuer, clock: clock)
        let keys = try await withThrowingTaskGroup(of: String.self) { group in
            for _ in 0..<50 { group.addTask { try await bench.credentials().accessKey } }
            return try await group.reduce(into: Set()) { $0.insert($1) }
        }
        #expect(keys == ["1"])
        #expect(issuer.issued.withLock { $0 } == 1)
    }

    @Test("In the last five minutes the old ones are used while new ones are got; in the last minute they are not")
    func renewal() async throws {
        let clock = TestClock()
        let issuer = Issuer(clock, lifetime: .seconds(3600))
        let bench = try await CredentialBench(issuer, clock: clock)
        #expect(try await bench.credentials().accessKey == "1")
        clock.advance(by: .seconds(3301))
        #expect(try await bench.credentials().accessKey == "1")
        #expect(issuer.issued.withLock { $0 } == 2)
        while try await bench.credentials().accessKey == "1" { await Task.yield() }
        clock.advance(by: .seconds(3600))
        #expect(try await bench.credentials().accessKey == "3")
    }

    @Test("While new ones cannot be had the old ones go on, up to their last minute; then the problem is told")
    func outage() async throws {
        let clock = TestClock()
        let issuer = Issuer(clock, lifetime: .seconds(3600))
        let bench = try await CredentialBench(issuer, clock: clock)
        _ = try await bench.credentials()
        issuer.fails.withLock { $0 = true }
        clock.advance(by: .seconds(3400))
        #expect(try await bench.credentials().accessKey == "1")
        clock.advance(by: .seconds(190))
        let problem = await #expect(throws: CredentialProblem.self) { _ = try await bench.credentials() }
        #expect(problem?.code == .unavailable)
    }

    @Test("Credentials that the service refused are not used again")
    func dropped() async throws {
        let clock = TestClock()
        let bench = try await CredentialBench(Issuer(clock, lifetime: .seconds(3600)), clock: clock)
        _ = try await bench.credentials()
        bench.keeper.drop()
        #expect(try await bench.credentials().accessKey == "2")
    }
}
