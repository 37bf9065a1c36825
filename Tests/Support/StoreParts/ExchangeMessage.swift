import Foundation
import Idempotency

/// An exchange on its way to another process: a line of JSON.
struct ExchangeMessage: Codable, Sendable {
    let number: Int
    private let id: [UInt64]
    private let expecting: ExpectationMessage
    private let next: DraftMessage?

    init(_ number: Int, _ exchange: Exchange) {
        self.number = number
        id = exchange.id.digest.list
        expecting = ExpectationMessage(exchange.expecting)
        next = exchange.next.map { DraftMessage($0) }
    }

    var exchange: Exchange {
        Exchange(RecordID(Digest(list: id)), expecting: expecting.expectation, next: next?.draft)
    }
}

private enum ExpectationMessage: Codable {
    case vacant
    case running([UInt64])
    case unrenewed([UInt64], UInt32)
    case inDoubt([UInt64])

    init(_ expectation: Expectation) {
        self =
            switch expectation {
            case .vacant: .vacant
            case .running(let owner): .running(owner.list)
            case .unrenewed(let owner, let renewals): .unrenewed(owner.list, renewals)
            case .inDoubt(let owner): .inDoubt(owner.list)
            }
    }

    var expectation: Expectation {
        switch self {
        case .vacant: .vacant
        case .running(let owner): .running(Owner(list: owner))
        case .unrenewed(let owner, let renewals): .unrenewed(Owner(list: owner), renewals: renewals)
        case .inDoubt(let owner): .inDoubt(Owner(list: owner))
        }
    }
}

private struct DraftMessage: Codable {
    private enum State: Codable {
        case running(Duration)
        case completed(OutcomeMessage, Duration)
        case inDoubt(UInt8)
    }

    private let parts: RecordParts
    private let fence: UInt64?
    private let created: Int64?
    private let state: State

    init(_ draft: Draft) {
        parts = RecordParts(
            draft.fingerprint, draft.owner, draft.attempt, draft.renewals, draft.checkpoint, draft.label)
        fence = draft.fence?.number
        created = draft.created?.microseconds
        state =
            switch draft.state {
            case .running(let lease): .running(lease)
            case .completed(let outcome, let retention): .completed(OutcomeMessage(outcome), retention)
            case .inDoubt(let doubt): .inDoubt(doubt.rawValue)
            }
    }

    var draft: Draft {
        var draft = Draft(
            claiming: parts.fingerprint, owner: Owner(list: parts.owner), lease: .zero, label: parts.labelOfRecord)
        draft.fence = fence.map { Fence($0) }
        draft.attempt = parts.attempt
        draft.renewals = parts.renewals
        draft.created = created.map { Timestamp(microseconds: $0) }
        draft.checkpoint = [UInt8](parts.checkpoint)
        draft.state =
            switch state {
            case .running(let lease): .running(lease: lease)
            case .completed(let outcome, let retention): .completed(outcome.outcome, retention: retention)
            case .inDoubt(let doubt): .inDoubt(Doubt(rawValue: doubt) ?? .unknownEnd)
            }
        return draft
    }
}

/// What drafts and records have in common.
struct RecordParts: Codable, Sendable {
    let algorithm: UInt8
    let digest: [UInt64]
    let owner: [UInt64]
    let attempt: UInt32
    let renewals: UInt32
    let checkpoint: Data
    let label: [String]

    init(
        _ fingerprint: Fingerprint, _ owner: Owner, _ attempt: UInt32, _ renewals: UInt32, _ checkpoint: [UInt8],
        _ label: Label
    ) {
        algorithm = fingerprint.algorithm
        digest = fingerprint.digest.list
        self.owner = owner.list
        self.attempt = attempt
        self.renewals = renewals
        self.checkpoint = Data(checkpoint)
        self.label = [label.key, label.scope, label.operation]
    }

    var fingerprint: Fingerprint { Fingerprint(algorithm: algorithm, digest: Digest(list: digest)) }
    var labelOfRecord: Label { Label(key: label[0], scope: label[1], operation: label[2]) }
}

struct OutcomeMessage: Codable, Sendable {
    private let kind: UInt8
    private let bytes: Data

    init(_ outcome: Outcome) {
        kind = outcome.kind.rawValue
        bytes = Data(outcome.bytes)
    }

    var outcome: Outcome { Outcome(Outcome.Kind(rawValue: kind) ?? .tombstone, [UInt8](bytes)) }
}

extension Digest {
    var list: [UInt64] { [words.0, words.1, words.2, words.3] }
    init(list: [UInt64]) { self.init(list[0], list[1], list[2], list[3]) }
}

extension Owner {
    var list: [UInt64] { [high, low] }
    init(list: [UInt64]) { self.init(high: list[0], low: list[1]) }
}
