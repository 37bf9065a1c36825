import Idempotency

extension StoreConformance {
    static let identities = [
        ConformanceCheck("Record ids that differ in any one word are different keys") { trial in
            let oracle = Oracle(trial)
            let words: [UInt64] = [0, 1, 1 << 63, .max, 0x7FFF_FFFF_FFFF_FFFF]
            var ids: [RecordID] = []
            for word in words {
                ids += [
                    RecordID(Digest(word, 5, 5, 5)), RecordID(Digest(5, word, 5, 5)), RecordID(Digest(5, 5, word, 5)),
                    RecordID(Digest(5, 5, 5, word)), RecordID(Digest(word, word, word, word)),
                ]
            }
            for (number, id) in ids.enumerated() {
                try await oracle.store(id, .vacant, Sample.claim(Sample.owner(UInt64(number))))
            }
            for (number, id) in ids.enumerated() {
                let record = try oracle.record(id)
                try await oracle.store(
                    id, .running(Sample.owner(UInt64(number))), Draft(record, state: Sample.completed([UInt8(number)])))
            }
            for id in ids { try await oracle.read(id) }
            for id in ids { try await oracle.exchange(id, .vacant, nil) }
        },
        ConformanceCheck("Owners that differ in any one bit are different attempts") { trial in
            let oracle = Oracle(trial)
            let id = Sample.id(1)
            let owner = Owner(high: 1 << 63, low: 1 << 63)
            let record = try await oracle.store(id, .vacant, Sample.claim(owner))
            for bit in 0..<64 {
                let near = [
                    Owner(high: owner.high ^ 1 << UInt64(bit), low: owner.low),
                    Owner(high: owner.high, low: owner.low ^ 1 << UInt64(bit)),
                ]
                for other in near { try await oracle.exchange(id, .running(other), nil) }
            }
            try await oracle.store(id, .running(owner), Draft(record, state: Sample.completed()))
        },
        ConformanceCheck("Every value that a record can hold comes back as it was") { trial in
            let oracle = Oracle(trial)
            var generator = trial.generator()
            for number in 0..<200 {
                let id = Sample.id(UInt64(number))
                let draft = Draft.random(using: &generator, extreme: true)
                try await oracle.store(id, .vacant, draft)
                try await oracle.read(id)
            }
        },
        ConformanceCheck("Many keys are kept apart") { trial in
            let oracle = Oracle(trial)
            let ids = (0..<UInt64(trial.effort.crowd)).map { Sample.id($0) }
            for (number, id) in ids.enumerated() {
                try await oracle.store(id, .vacant, Sample.claim(Sample.owner(UInt64(number))))
            }
            for id in ids.shuffled() { try await oracle.read(id) }
        },
    ]
}

extension Draft {
    /// A claim-like draft with random contents; with `extreme` also the ends of every range.
    static func random(using generator: inout SeededGenerator, extreme: Bool = false) -> Draft {
        let numbers: [UInt32] = extreme ? [0, 1, 1 << 31, .max, generator.next()] : [1]
        let words: [UInt64] = [0, 1, 1 << 63, .max, generator.next(), generator.next()]
        let word = { (generator: inout SeededGenerator) in generator.pick(words) }
        var draft = Draft(
            claiming: Fingerprint(
                algorithm: UInt8.random(in: 0...255, using: &generator),
                digest: Digest(word(&generator), word(&generator), word(&generator), word(&generator))),
            owner: Owner(high: word(&generator), low: word(&generator)), lease: .seconds(5))
        draft.attempt = generator.pick(numbers)
        draft.renewals = generator.pick(numbers)
        draft.created = generator.pick([
            nil, Timestamp(microseconds: 0), Timestamp(microseconds: 1_700_000_000_000_001),
        ])
        draft.checkpoint = generator.bytes(Int.random(in: 0...20, using: &generator))
        let outcomes = [Outcome.Kind.success, .failure, .tombstone]
        let bytes = generator.bytes(Int.random(in: 0...20, using: &generator))
        let durations: [Duration] = [.microseconds(1_000_000_007), .seconds(86_400), .seconds(86_400 * 365 * 100)]
        switch Int.random(in: 0..<3, using: &generator) {
        case 0: draft.state = .running(lease: generator.pick(durations))
        case 1:
            draft.state = .completed(
                Outcome(generator.pick(outcomes), bytes), retention: generator.pick(durations))
        default: draft.state = .inDoubt(generator.pick(Doubt.allCases))
        }
        return draft
    }
}
