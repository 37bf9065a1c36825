import Idempotency

extension StoreConformance {
    static let payloads = [
        ConformanceCheck("Outcomes and checkpoints come back whole: empty, one byte, large") { trial in
            let oracle = Oracle(trial)
            var generator = trial.generator()
            for (number, size) in [0, 1, 255, 65_536, trial.effort.largestPayload].enumerated() {
                let id = Sample.id(UInt64(number))
                let owner = Sample.owner(UInt64(number))
                let running = try await oracle.store(id, .vacant, Sample.claim(owner))
                var renewal = Draft(running, state: .running(lease: Sample.lease))
                renewal.checkpoint = generator.bytes(size)
                let saved = try await oracle.store(id, .running(owner), renewal)
                try await oracle.read(id)
                var completion = Draft(saved, state: Sample.completed(generator.bytes(size)))
                completion.checkpoint = []
                try await oracle.store(id, .running(owner), completion)
                try await oracle.exchange(id, .vacant, Sample.claim(Sample.owner(1_000)))
            }
        },
        ConformanceCheck("Every byte value survives in outcomes and checkpoints") { trial in
            let oracle = Oracle(trial)
            let all = (0...255).map { UInt8($0) }
            for (number, kind) in [Outcome.Kind.success, .failure, .tombstone].enumerated() {
                let id = Sample.id(UInt64(number))
                var draft = Sample.claim(Sample.owner(1))
                draft.checkpoint = all.reversed() + all
                draft.state = .completed(Outcome(kind, all + all), retention: Sample.retention)
                try await oracle.store(id, .vacant, draft)
                try await oracle.read(id)
            }
        },
        ConformanceCheck("Labels come back to the last byte: NUL, quotes, Unicode in every form, long ones") { trial in
            let oracle = Oracle(trial)
            let texts = [
                "", "\u{0}", "a\u{0}b", "'; DROP TABLE records; --", "\"quoted\" \\ back", "%_*?[]", "\r\n\t\u{7F}",
                "caf\u{E9}", "cafe\u{301}", "\u{1F469}\u{200D}\u{1F467} \u{1F3F4}\u{E0067}\u{E007F}",
                "\u{5E9}\u{5DC}\u{5D5}\u{5DD}\u{200F}", "\u{FEFF}BOM", "\u{10FFFF}", " lead and trail ",
                String(repeating: "k", count: 127), String(repeating: "l", count: 128),
                String(repeating: "m", count: 129), String(repeating: "k", count: 255),
                String(repeating: "ü", count: 2_000),
            ]
            for (number, text) in texts.enumerated() {
                let id = Sample.id(UInt64(number))
                let next = texts[(number + 1) % texts.count]
                let label = Label(key: text, scope: next, operation: text + next)
                try await oracle.store(id, .vacant, Sample.claim(Sample.owner(1), label: label))
            }
            for number in texts.indices { try await oracle.read(Sample.id(UInt64(number))) }
        },
    ]
}
