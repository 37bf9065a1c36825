import Idempotency
import IdempotencyTestKit
import Testing

@Suite("Stories of claims and waiters") struct ClaimStoryTests {
    @Test("Story 2: a claim only creates; it never writes over the winner", arguments: Backing.allCases)
    func createOnly(backing: Backing) async throws {
        try await Stage.play(on: backing) { stage in
            var late = Victim(on: stage)
            let claim = try late.begin()
            #expect(await stage.call(stage.process()) == .performed("receipt-1"))
            let record = try await stage.record()
            #expect(try await late.send(claim).answer == .replayed(Victim.outcome("receipt-1")))
            #expect(try await stage.record() == record)
        }
    }

    @Test(
        "Story 13: those who wait, give up or hang up change nothing of the running record", arguments: Backing.allCases
    )
    func waiters(backing: Backing) async throws {
        try await Stage.play(on: backing) { stage in
            var runner = Victim(on: stage)
            let record = try await runner.claim()
            let other = stage.process { $0.wait = .seconds(5) }
            let patient = Call { await stage.call(other) }
            let leaving = Call { await stage.call(other) }
            try await eventually("both wait") { stage.time.waiting == 2 }
            leaving.hangUp()
            #expect(try await leaving.answer { stage.time.advance(by: .milliseconds(1)) } == .nothing)
            #expect(try await patient.answer { stage.time.advance(by: .milliseconds(100)) } == .inProgress)
            #expect(try await stage.record() == record)
            #expect(try await runner.complete(runner.takeEffect()) != nil)
            #expect(await stage.call(other) == .replayed("receipt-1"))
        }
    }

    @Test("Story 24: a cache of outcomes keeps the fingerprint: another request is a mismatch from the cache, too")
    func cachedFingerprint() async throws {
        try await Stage.play(on: .memory) { stage in
            let process = Once(store: CachedStore(stage.store), interrupted: .hold)
            #expect(await stage.call(process) == .performed("receipt-1"))
            #expect(await stage.call(process) == .replayed("receipt-1"))
            stage.store.beginOutage()
            #expect(await stage.call(process) == .replayed("receipt-1"), "from the cache")
            #expect(await stage.call(process, asking: "11 EUR") == .mismatch)
            #expect(stage.ledger.effects == [1])
        }
    }

    @Test("Story 31: a request whose fingerprint was made by an older algorithm is still recognised")
    func olderAlgorithm() async throws {
        try await Stage.play(on: .memory) { stage in
            var old = Victim(on: stage)
            try await old.claim()
            _ = try await old.complete(old.takeEffect())
            let terms = Terms(lease: Stage.lease, retention: Stage.retention, interrupted: .hold)
            let new = Fingerprint(algorithm: 200, digest: Digest(1, 2, 3, 4))
            let operation = Operation { _ in (.retryable, nil) }
            var request = Request(id: stage.request.id, fingerprint: new)
            #expect(try await stage.process().execute(request, terms: terms, operation: operation).answer == .mismatch)
            request.alternatives = [stage.request.fingerprint]
            let answer = try await stage.process().execute(request, terms: terms, operation: operation).answer
            #expect(answer == .replayed(Victim.outcome("receipt-1")))
        }
    }
}
