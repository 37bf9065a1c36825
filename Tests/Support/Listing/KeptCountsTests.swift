import Idempotency
import IdempotencyListing
import Testing

@Suite struct KeptCountsTests {
    private let start = ContinuousClock.now
    private let counts = RecordCounts(running: 3)

    @Test("Counts that came at once are kept for as long as the store says")
    func quick() {
        let kept = KeptCounts(.seconds(2))
        #expect(kept.current(at: start) == nil)
        kept.keep(counts, since: start, until: start)
        #expect(kept.current(at: start + .milliseconds(1_999)) == counts)
        #expect(kept.current(at: start + .seconds(2)) == nil)
    }

    @Test("Counts that took long are kept for twenty times as long as they took")
    func slow() {
        let kept = KeptCounts(.seconds(2))
        let end = start + .seconds(30)
        kept.keep(counts, since: start, until: end)
        #expect(kept.current(at: end + .seconds(599)) == counts)
        #expect(kept.current(at: end + .seconds(600)) == nil)
    }
}
