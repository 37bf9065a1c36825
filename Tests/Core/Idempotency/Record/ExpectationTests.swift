import Idempotency
import Testing

@Suite("What is expected of a record") struct ExpectationTests {
    private static let now = Timestamp(microseconds: 1000)
    private static let owner = Owner(high: 1, low: 2)
    private static let other = Owner(high: 1, low: 3)
    private static let outcome = Outcome(.success, [])
    private static let all: [Idempotency.Expectation] = [
        .vacant, .running(owner), .running(other), .unrenewed(owner, renewals: 4), .unrenewed(owner, renewals: 3),
        .unrenewed(other, renewals: 4), .inDoubt(owner), .inDoubt(other),
    ]

    /// A state, and what may be expected of it.
    struct Case: Sendable {
        let state: Record.State?
        let holding: Set<Idempotency.Expectation>
    }

    private static let cases: [Case] = [
        Case(state: nil, holding: [.vacant]),
        Case(state: .running(leaseEnd: now + .seconds(1)), holding: [.running(owner), .unrenewed(owner, renewals: 4)]),
        Case(state: .running(leaseEnd: now), holding: [.running(owner), .unrenewed(owner, renewals: 4)]),
        Case(state: .inDoubt(.unknownEnd, since: now), holding: [.inDoubt(owner)]),
        Case(state: .completed(outcome, at: now, expires: now + .microseconds(1)), holding: []),
        Case(state: .completed(outcome, at: now, expires: now), holding: [.vacant]),
    ]

    @Test(
        "Holds for the state, the owner and the count of renewals that it names, and for nothing else", arguments: cases
    )
    func table(entry: Case) {
        let record = entry.state.map { state in
            Record(
                fingerprint: Fingerprint(algorithm: 1, digest: Digest(1, 2, 3, 4)), owner: Self.owner, fence: Fence(1),
                attempt: 1, renewals: 4, created: Self.now, state: state)
        }
        #expect(Set(Self.all.filter { $0.holds(for: record, at: Self.now) }) == entry.holding)
    }
}
