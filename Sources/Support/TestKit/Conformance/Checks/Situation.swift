import Idempotency

/// The states in which a store is asked, and all that it may be asked in them.
enum Situation: CaseIterable {
    case vacant, released, expired, running, renewed, lapsed, takenOver, completed, inDoubt

    static let owner = Sample.owner(11)
    static let other = Sample.owner(12)

    /// Brings a fresh key into this situation, once the short retention has passed.
    func prepare(_ id: RecordID, _ oracle: Oracle, _ trial: Trial) async throws {
        guard self != .vacant else { return }
        let lease = self == .lapsed ? Duration.zero : Sample.lease
        let record = try await oracle.store(id, .vacant, Sample.claim(Self.owner, lease: lease))
        switch self {
        case .vacant, .running, .lapsed: return
        case .released: try await oracle.exchange(id, .running(Self.owner), nil)
        case .renewed: try await oracle.store(id, .running(Self.owner), Draft(record, state: .running(lease: lease)))
        case .takenOver:
            // Under the same owner again, so that the expectations below meet a higher attempt and fence.
            try await oracle.store(
                id, .unrenewed(Self.owner, renewals: 0), Draft(takingOver: record, owner: Self.owner, lease: lease))
        case .completed:
            try await oracle.store(id, .running(Self.owner), Draft(record, state: Sample.completed()))
        case .expired:
            let draft = Draft(record, state: Sample.completed(retention: trial.shortRetention))
            try await oracle.store(id, .running(Self.owner), draft)
        case .inDoubt:
            try await oracle.store(id, .running(Self.owner), Draft(record, state: .inDoubt(.unknownEnd)))
        }
    }

    static let expectations = 8

    /// What an exchange may expect, right or wrong.
    static func expectation(_ number: Int, on record: Record?) -> Expectation {
        let renewals = record?.renewals ?? 0
        return switch number {
        case 0: .vacant
        case 1: .running(owner)
        case 2: .running(other)
        case 3: .unrenewed(owner, renewals: renewals)
        case 4: .unrenewed(owner, renewals: renewals + 1)
        case 5: .unrenewed(other, renewals: renewals)
        case 6: .inDoubt(owner)
        default: .inDoubt(other)
        }
    }

    static let writes = 6

    /// What an exchange may write: what the engine would for the record, or for a made-up one where there is none.
    static func write(_ number: Int, on record: Record?) -> Draft? {
        let record =
            record
            ?? Sample.claim(owner).stamped(at: Timestamp(microseconds: 1_700_000_000_000_000), fence: Fence(1))
        return switch number {
        case 0: nil
        case 1: Sample.claim(other)
        case 2: Draft(takingOver: record, owner: other, lease: Sample.lease)
        case 3: Draft(record, state: .running(lease: Sample.lease))
        case 4: Draft(record, state: Sample.completed())
        default: Draft(record, state: .inDoubt(.reconcileUnknown))
        }
    }
}
