import Idempotency

/// A fault that is put into the protocol on purpose: an exploration that does not find it proves nothing.
package enum PlantedFault: String, CaseIterable, Sendable {
    /// The store writes whoever owns the record.
    case noOwnerCondition
    /// Every claim gets the same fence.
    case noFenceGrowth
    /// The fence is counted in the record, so that it starts over when the key was vacant.
    case fenceDiesWithTheRecord
    /// All attempts have the same owner: an answer that is another's is taken for one's own.
    case noNonce
    /// A lease that holds is taken for one that is over.
    case leaseNotChecked
    /// In progress is told before the fingerprint is compared.
    case mismatchAfterInProgress
    /// The outcome is given before the fingerprint is compared.
    case mismatchAfterReplay
    /// The doubt is told before the fingerprint is compared.
    case mismatchAfterDoubt
    /// A takeover compares the owner alone, not the count of renewals.
    case takeoverIgnoresRenewals
    /// A completion that could not be written is followed by a release.
    case releaseAfterFailedCompletion
    /// An end that does not tell is taken for one that did nothing.
    case releaseInsteadOfDoubt
    /// A running record whose lease is over counts as vacant.
    case lapsedCountsAsVacant
    /// A record in doubt counts as vacant.
    case doubtCountsAsVacant
    /// An outcome is overwritten before its retention is over.
    case outcomeForgottenEarly
    /// An interrupted attempt is run again although it was to be held.
    case holdRunsAgain
    /// One that waits takes the answer of whatever request has ended.
    case nudgeOfAnotherRequest
    /// A late end is written although an operator has made the key free.
    case lateEndBringsBack
    /// The watchdog counts the lease from the answer of the store, not from the sending.
    case leaseCountedFromTheAnswer

    /// The store with this fault.
    var register: RegisterModel {
        switch self {
        case .noOwnerCondition: .expecting { expected, record, _ in expected.anyOwner(of: record) }
        case .noFenceGrowth: .fences { _ in Fence(0) }
        case .fenceDiesWithTheRecord: .fences { $0?.fence ?? Fence(0) }
        case .takeoverIgnoresRenewals:
            .expecting { expected, _, _ in
                if case .unrenewed(let owner, _) = expected { .running(owner) } else { expected }
            }
        case .lateEndBringsBack:
            .expecting { expected, record, _ in
                if case .inDoubt = expected, record == nil { .vacant } else { expected }
            }
        case .lapsedCountsAsVacant:
            .vacating { record, now in
                if case .running(let leaseEnd) = record.state { leaseEnd <= now } else { false }
            }
        case .doubtCountsAsVacant: .vacating { record, _ in if case .inDoubt = record.state { true } else { false } }
        case .outcomeForgottenEarly:
            .vacating { record, now in
                if case .completed(_, let at, _) = record.state { at < now } else { false }
            }
        default: .real
        }
    }

    /// The engine with this fault.
    var decision: DecisionModel {
        var model = DecisionModel.real
        switch self {
        case .noNonce: model.owner = { _ in Owner(high: 0, low: 1) }
        case .leaseNotChecked:
            model.view = { reply, execution in
                guard case .conflict(let record?, _) = reply, record.owner != execution.owner,
                    case .running(let leaseEnd) = record.state
                else { return reply }
                return .conflict(record, now: max(leaseEnd, reply.now))
            }
        case .mismatchAfterInProgress: return .mistaking { $0.hasLiveLease(at: $1) }
        case .mismatchAfterReplay:
            return .mistaking { record, _ in if case .completed = record.state { true } else { false } }
        case .mismatchAfterDoubt:
            return .mistaking { record, _ in if case .inDoubt = record.state { true } else { false } }
        case .releaseAfterFailedCompletion: model.releasesAfterFailure = true
        case .releaseInsteadOfDoubt: model.end = { $0 == .unknown ? .retryable : $0 }
        case .nudgeOfAnotherRequest: model.nudge = { _, listener in listener }
        case .holdRunsAgain: model.rule = { $0 == .hold ? .rerun : $0 }
        case .leaseCountedFromTheAnswer: model.countsFromTheAnswer = true
        default: break
        }
        return model
    }
}

extension Expectation {
    /// The same kind of expectation, but of whoever owns the record.
    fileprivate func anyOwner(of record: Record?) -> Expectation {
        guard let record else { return self }
        return switch self {
        case .vacant: .vacant
        case .running: .running(record.owner)
        case .unrenewed(_, let renewals): .unrenewed(record.owner, renewals: renewals)
        case .inDoubt: .inDoubt(record.owner)
        }
    }
}
