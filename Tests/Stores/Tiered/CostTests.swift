import Idempotency
import StoreTestParts
import Testing

/// What the store behind is spared.
@Suite("Tiers: cost") struct CostTests {
    @Test("An operation takes one look and one write behind, a renewal and a duplicate nothing")
    func behind() async throws {
        let pair = LosingPair()
        let first = try await pair.claim(1, at: pair.one)
        #expect(pair.base.cost == (1, 0))
        let renewal = Exchange(
            pair.id, expecting: .running(.test(1)), next: Draft(first, state: .running(lease: .seconds(60))))
        let renewed = try await pair.stored(renewal, at: pair.one)
        // Somebody else, while it runs.
        await #expect(throws: NotStored.self) { try await pair.claim(2, at: pair.two) }
        #expect(pair.base.cost == (1, 0))
        _ = try await pair.complete(renewed, [1], at: pair.one)
        #expect(pair.base.cost == (2, 1))
        for store in [pair.one, pair.two] {
            let error = await #expect(throws: NotStored.self) { try await pair.claim(3, at: store) }
            #expect(error?.reply.record?.outcomeBytes == [1])
        }
        #expect(pair.base.cost == (2, 1))
    }
}
