package import Idempotency

/// A caller in a random history: it acts on what it saw last, which may no longer be so.
package struct HistoryClient {
    private let number: UInt64
    private var generator: SeededGenerator
    private var seen: [RecordID: Record] = [:]
    private var owners: UInt64 = 0
    /// The leases that it uses.
    private let leases: [Duration]
    /// The retentions that it uses.
    private let retentions: [Duration]

    /// How far the count of renewals goes at most in one renewal.
    private let renewalStep: UInt32

    /// Caller `number`.
    ///
    /// - Parameters:
    ///   - durations: Its leases and retentions.
    ///   - writesInSteps: Whether the store writes in steps; nothing expires then, and no two renewals have one count.
    package init(
        _ number: Int, _ generator: SeededGenerator, durations: [Duration], writesInSteps: Bool = false
    ) {
        self.number = UInt64(number)
        self.generator = generator
        leases = durations
        retentions = writesInSteps ? [.seconds(86_400)] : durations
        renewalStep = writesInSteps ? 1 << 24 : 1
    }

    /// Whether something happens that happens in `percent` of a hundred cases.
    mutating func chance(_ percent: Int) -> Bool { generator.chance(percent) }

    /// One of these durations.
    mutating func pick(_ durations: [Duration]) -> Duration { generator.pick(durations) }

    /// What it does next, to one of these keys.
    package mutating func exchange(on ids: [RecordID]) -> Exchange {
        let id = generator.pick(ids)
        guard let record = seen[id], !generator.chance(15) else {
            return Exchange(id, expecting: .vacant, next: claim())
        }
        if generator.chance(8) { return Exchange(id, expecting: .running(owner(back: true)), next: nil) }
        let duration = generator.pick(leases)
        switch record.state {
        case .running:
            let own = Expectation.running(record.owner)
            switch Int.random(in: 0..<6, using: &generator) {
            case 0:
                var renewal = Draft(record, state: .running(lease: duration))
                renewal.checkpoint = generator.bytes(3)
                renewal.renewals &+= UInt32.random(in: 0..<renewalStep, using: &generator)
                return Exchange(id, expecting: own, next: renewal)
            case 1: return Exchange(id, expecting: own, next: nil)
            case 2:
                return Exchange(
                    id, expecting: own, next: Draft(record, state: .inDoubt(generator.pick(Doubt.allCases))))
            case 3:
                let takeover = Draft(takingOver: record, owner: owner(), lease: duration)
                let expecting = Expectation.unrenewed(record.owner, renewals: record.renewals)
                return Exchange(id, expecting: expecting, next: takeover)
            default: return Exchange(id, expecting: own, next: Draft(record, state: outcome()))
            }
        case .inDoubt:
            let next = generator.chance(50) ? Draft(record, state: outcome()) : nil
            return Exchange(id, expecting: .inDoubt(record.owner), next: next)
        case .completed:
            return Exchange(id, expecting: .vacant, next: claim())
        }
    }

    /// Remembers what a reply told.
    package mutating func learn(_ id: RecordID, _ reply: ExchangeReply) {
        seen[id] = reply.record
    }

    private mutating func claim() -> Draft {
        Draft(
            claiming: Sample.fingerprint(UInt64.random(in: 0...1, using: &generator)), owner: owner(),
            lease: generator.pick(leases))
    }

    private mutating func outcome() -> Draft.State {
        .completed(
            Outcome(generator.pick([.success, .failure, .tombstone]), generator.bytes(4)),
            retention: generator.pick(retentions))
    }

    /// An owner that nobody had yet, or one that this client had before.
    private mutating func owner(back: Bool = false) -> Owner {
        if back, owners > 0 { return Owner(high: number, low: UInt64.random(in: 1...owners, using: &generator)) }
        owners += 1
        return Owner(high: number, low: owners)
    }
}
