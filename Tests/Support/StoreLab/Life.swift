import Idempotency
import IdempotencyTestKit

/// What one key goes through: made of the seed and the number, so that a later process knows what there has to be.
struct Life {
    /// How far it has come. Each step is acknowledged before the next begins.
    enum Step: Int, Comparable, CaseIterable {
        case begun, claimed, saved, ended
        static func < (a: Step, b: Step) -> Bool { a.rawValue < b.rawValue }
    }

    enum End: Equatable {
        case stays, released, doubted
        case completed(Outcome)
    }

    static let lease = Duration.seconds(3600)
    static let retention = Duration.seconds(24 * 3600)

    let number: Int
    let id: RecordID
    let owner: Owner
    let fingerprint: Fingerprint
    let label: Label
    let checkpoint: [UInt8]
    let end: End

    init(_ number: Int, seed: UInt64) {
        var generator = SeededGenerator(Seed(seed).derived("life \(number)"))
        self.number = number
        id = RecordID(Digest(generator.next(), generator.next(), generator.next(), UInt64(number)))
        owner = .random(using: &generator)
        fingerprint = Fingerprint(algorithm: 1, digest: Digest(0, 0, generator.next(), generator.next()))
        let name = "key-\(number)"
        label = Label(key: name, scope: "lab", operation: "POST /\(number % 7)")
        func bytes(upTo limit: Int) -> [UInt8] {
            let word = generator.next()
            return [UInt8](repeating: UInt8(truncatingIfNeeded: word), count: Int(word >> 8 % UInt64(limit)))
                + name.utf8
        }
        checkpoint = number.isMultiple(of: 4) ? bytes(upTo: 300) : []
        // Most fit on a page, some need several.
        let outcome = Outcome(.success, bytes(upTo: number.isMultiple(of: 16) ? 20_000 : 600))
        end =
            switch number % 8 {
            case 5: .stays
            case 6: .released
            case 7: .doubted
            default: .completed(outcome)
            }
    }

    /// Which step has left this, or `nil` for something that no step leaves.
    func step(leaving record: Record) -> Step? {
        guard record.owner == owner, record.fingerprint == fingerprint, record.label == label else { return nil }
        switch (record.state, end) {
        case (.running, _) where record.checkpoint.isEmpty && record.renewals == 0: return .claimed
        case (.running, _) where record.checkpoint == checkpoint && record.renewals == 1: return .saved
        case (.completed(let outcome, _, _), .completed(let expected))
        where outcome == expected && record.checkpoint == checkpoint:
            return .ended
        case (.inDoubt, .doubted) where record.checkpoint == checkpoint: return .ended
        default: return nil
        }
    }
}
