import Testing

@testable import IdempotencyDynamoDB

@Suite struct FullJitterTests {
    @Test("The bound doubles with every failure up to a second, and any share of it may be the wait")
    func bounds() {
        let jitter = FullJitter()
        let bounds = (1...8).map { jitter.delay(after: $0, share: 1) }
        #expect(bounds == [25, 50, 100, 200, 400, 800, 1000, 1000].map { .milliseconds($0) })
        #expect(jitter.delay(after: 5, share: 0) == .zero)
        #expect(jitter.delay(after: 1_000_000, share: 1) == .seconds(1))
    }
}
