import Idempotency
import IdempotencyTestKit
import Testing

@Suite("An operation that throws") struct Scenario10Tests {
    struct Broken: Error {}

    @Test("Scenario 10: an error declared to have had no effect frees the key", arguments: Backing.allCases)
    func retryable(backing: Backing) async throws {
        try await Stage.play(on: backing) { stage in
            let told = await stage.call(stage.process()) { _ in throw Classified.retryable(Broken()) }
            #expect(told == .failed("Broken()"))
            let record = try await stage.record()
            #expect(record == nil)
            #expect(stage.ledger.effects == [])
            #expect(await stage.call(stage.process()) == .performed("receipt-2"))
        }
    }

    @Test("Scenario 10: a terminal error is stored and given to every retry", arguments: Backing.allCases)
    func terminal(backing: Backing) async throws {
        try await Stage.play(on: backing) { stage in
            for _ in 0..<3 {
                #expect(await stage.call(stage.process()) { _ in throw Declined() } == .failed("declined"))
            }
            #expect(stage.ledger.effects == [])
            let record = try #require(try await stage.record())
            #expect(record.outcome?.kind == .failure && record.attempt == 1)
        }
    }

    @Test("Scenario 10: any other error after the effect never frees the key", arguments: Backing.allCases)
    func undeclared(backing: Backing) async throws {
        try await Stage.play(on: backing) { stage in
            #expect(await stage.call(stage.process(), after: { _ in throw Broken() }) == .inDoubt)
            #expect(await stage.call(stage.process()) == .inDoubt)
            #expect(stage.ledger.effects == [1])
            let record = try #require(try await stage.record())
            #expect(record.doubt == .unknownEnd)
        }
    }
}
