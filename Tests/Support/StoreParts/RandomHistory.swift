package import Idempotency
import IdempotencyTestKit

/// A made-up run of exchanges over a few keys, the same for the same seed.
package struct RandomHistory {
    package enum Step {
        case wait(Duration)
        case exchange(Exchange)
        case look(RecordQuery)
        case sweep(limit: Int)
    }

    private var random: SeededGenerator
    private var known: [RecordID: Record] = [:]
    private let ids: [RecordID]

    package init(seed: UInt64) {
        random = SeededGenerator(Seed(seed))
        // Three of the ids collide in the index.
        ids = (0..<4).map { .test($0) } + (4..<7).map { .test($0, prefix: 99) }
    }

    /// Remembers what a key has become, so that later steps hit.
    package mutating func note(_ id: RecordID, _ record: Record?) {
        known[id] = record
    }

    package mutating func next() -> Step {
        switch Int.random(in: 0..<100, using: &random) {
        case 0..<12: .wait(.microseconds(Int64.random(in: 1...40_000_000, using: &random)))
        case 12..<16: .sweep(limit: Int.random(in: 1...3, using: &random))
        case 16..<24: .look(query())
        default: .exchange(exchange())
        }
    }

    private mutating func exchange() -> Exchange {
        let id = ids.randomElement(using: &random) ?? ids[0]
        let record = known[id]
        let owner = record?.owner ?? .test(0)
        let expectation: Expectation =
            switch Int.random(in: 0..<8, using: &random) {
            case 0..<3: .vacant
            case 3..<5: .running(owner)
            case 5: .unrenewed(owner, renewals: record.map { $0.renewals } ?? 0)
            case 6: .inDoubt(owner)
            default: .running(.test(Int.random(in: 0..<5, using: &random)))
            }
        return Exchange(id, expecting: expectation, next: draft(after: record))
    }

    private mutating func draft(after record: Record?) -> Draft? {
        let seconds = Duration.microseconds(Int64.random(in: 0...30_000_000, using: &random))
        let owner = Owner.test(Int.random(in: 0..<1000, using: &random))
        guard let record else { return claim(owner, seconds) }
        switch Int.random(in: 0..<9, using: &random) {
        case 0: return nil
        case 1...2: return claim(owner, seconds)
        case 3: return Draft(takingOver: record, owner: owner, lease: seconds)
        case 4: return Draft(record, state: .running(lease: seconds))
        case 5: return Draft(record, state: .inDoubt(Doubt.allCases.randomElement(using: &random) ?? .unknownEnd))
        default:
            let kind = [Outcome.Kind.success, .failure, .tombstone].randomElement(using: &random) ?? .success
            return Draft(record, state: .completed(Outcome(kind, bytes()), retention: seconds))
        }
    }

    private mutating func claim(_ owner: Owner, _ lease: Duration) -> Draft {
        var draft = Draft(
            claiming: .test(Int.random(in: 0..<3, using: &random)), owner: owner, lease: lease,
            label: Label(key: "key-\(Int.random(in: 0..<3, using: &random))", scope: "s", operation: "op"))
        draft.checkpoint = bytes()
        return draft
    }

    private mutating func bytes() -> [UInt8] {
        (0..<Int.random(in: 0..<40, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) }
    }

    private mutating func query() -> RecordQuery {
        var query = RecordQuery(limit: Int.random(in: 1...5, using: &random))
        query.states = Set(RecordQuery.State.allCases.filter { _ in Bool.random(using: &random) })
        if Bool.random(using: &random) { query.key = "key-1" }
        if Bool.random(using: &random), let (id, record) = known.randomElement(using: &random) {
            query.after = RecordQuery.Cursor(created: record.created, id: id)
        }
        return query
    }
}
