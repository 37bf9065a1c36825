import Foundation
import Idempotency
import StoreTestParts
import Testing

/// What some processes do with one key, each one thing after the other.
struct TierScenario: Sendable, CustomTestStringConvertible {
    /// What a process does next, given the records that were stored last for each owner; `nil` skips it.
    typealias Step = @Sendable ([Owner: Record]) -> Exchange?

    let name: String
    let processes: [[Step]]
    /// Whether it takes very many states to begin an exchange anew more than once.
    var isLarge = false
    /// Whether there are too many states for all losses as well.
    var isTooLargeForLosses = false

    var testDescription: String { name }

    static let id = RecordID.test(1)

    static func claim(_ owner: Int) -> Step {
        { _ in
            Exchange(
                id, expecting: .vacant, next: Draft(claiming: .test(1), owner: .test(owner), lease: .seconds(0)))
        }
    }

    /// What the attempt of `owner` writes about itself.
    static func own(_ owner: Int, _ change: @escaping @Sendable (Record) -> Draft?) -> Step {
        { records in
            guard let record = records[.test(owner)] else { return nil }
            return Exchange(id, expecting: .running(record.owner), next: change(record))
        }
    }

    static func complete(_ owner: Int, _ byte: UInt8) -> Step {
        own(owner) { Draft($0, state: .completed(Outcome(.success, [byte]), retention: .seconds(3600))) }
    }

    static func doubt(_ owner: Int) -> Step { own(owner) { Draft($0, state: .inDoubt(.unknownEnd)) } }

    static func release(_ owner: Int) -> Step { own(owner) { _ in nil } }

    static func renew(_ owner: Int) -> Step { own(owner) { Draft($0, state: .running(lease: .zero)) } }

    static func save(_ owner: Int, _ byte: UInt8) -> Step {
        own(owner) {
            var draft = Draft($0, state: .running(lease: .zero))
            draft.checkpoint = [byte]
            return draft
        }
    }

    /// A takeover from one attempt, as it was seen last, by another.
    static func takeOver(_ owner: Int, by other: Int) -> Step {
        { records in
            guard let record = records[.test(owner)], case .running = record.state else { return nil }
            return Exchange(
                id, expecting: .unrenewed(record.owner, renewals: record.renewals),
                next: Draft(takingOver: record, owner: .test(other), lease: .zero))
        }
    }

    /// What an operator makes of the doubt of an attempt: an outcome, or nothing.
    static func resolve(_ owner: Int, _ byte: UInt8?) -> Step {
        { records in
            guard let record = records[.test(owner)], case .inDoubt = record.state else { return nil }
            let next = byte.map {
                Draft(record, state: .completed(Outcome(.success, [$0]), retention: .seconds(3600)))
            }
            return Exchange(id, expecting: .inDoubt(record.owner), next: next)
        }
    }

    /// The scenarios with losses; the large ones, which take half a minute, only when asked for.
    static var withLosses: [TierScenario] {
        let isAll = ProcessInfo.processInfo.environment["ONCE_TIERS_ALL"] == "1"
        return all.filter { !$0.isTooLargeForLosses && (isAll || !$0.isLarge) }
    }

    static let all = [
        TierScenario(
            name: "two claims, an outcome", processes: [[claim(1), complete(1, 1)], [claim(2), complete(2, 2)]]),
        TierScenario(
            name: "a takeover in the middle of an outcome",
            processes: [[claim(1), complete(1, 1)], [takeOver(1, by: 2), complete(2, 2)]]),
        TierScenario(
            name: "a takeover that is released, and a claim, in the middle of an outcome",
            processes: [[claim(1), complete(1, 1)], [takeOver(1, by: 2), release(2)], [claim(3)]]),
        TierScenario(
            name: "two takeovers in the middle of an outcome",
            processes: [[claim(1), complete(1, 1)], [takeOver(1, by: 2)], [takeOver(1, by: 3)]],
            isLarge: true),
        TierScenario(
            name: "a release in the middle of an outcome",
            processes: [[claim(1), complete(1, 1)], [release(1), claim(2)], [claim(3)]]),
        TierScenario(
            name: "two outcomes of one attempt", processes: [[claim(1), complete(1, 1)], [complete(1, 2)], [claim(3)]]),
        TierScenario(
            name: "an outcome against a doubt of the same attempt",
            processes: [[claim(1), complete(1, 1)], [doubt(1)], [claim(3)]]),
        TierScenario(
            name: "a doubt that is resolved and released at once",
            processes: [[claim(1), doubt(1)], [resolve(1, 1)], [resolve(1, nil), claim(3)]]),
        TierScenario(
            name: "a doubt that is resolved while its attempt is released",
            processes: [[claim(1), doubt(1)], [release(1)], [resolve(1, 1)]]),
        TierScenario(
            name: "a doubt in the middle of a takeover",
            processes: [[claim(1), doubt(1)], [takeOver(1, by: 2), doubt(2)]]),
        TierScenario(
            name: "recovery points against a release",
            processes: [[claim(1), save(1, 1)], [release(1), claim(2)], [claim(3)]]),
        TierScenario(
            name: "recovery points against a takeover that is released",
            processes: [[claim(1), save(1, 1), save(1, 2)], [takeOver(1, by: 2), release(2)], [claim(3)]],
            isLarge: true),
        TierScenario(
            name: "renewals and a takeover against recovery points",
            processes: [[claim(1), save(1, 1)], [renew(1)], [takeOver(1, by: 2)]], isLarge: true),
        TierScenario(
            name: "recovery points of two processes against the end of their attempt",
            processes: [[claim(1), save(1, 1), doubt(1)], [save(1, 2), takeOver(1, by: 2)], [claim(3)]],
            isLarge: true, isTooLargeForLosses: true),
        TierScenario(
            name: "a takeover in the middle of recovery points and an outcome",
            processes: [[claim(1), save(1, 1), complete(1, 1)], [takeOver(1, by: 2), complete(2, 2)]]),
    ]
}
