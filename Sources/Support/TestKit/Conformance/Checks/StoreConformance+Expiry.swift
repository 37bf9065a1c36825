import Idempotency

extension StoreConformance {
    static let expiry = [
        ConformanceCheck("A completed record is there until its retention is over and vacant from that instant") {
            trial in
            let oracle = Oracle(trial)
            let id = Sample.id(1)
            let expires = try await complete(id, trial, oracle)
            try await oracle.watch(id, until: expires)
            try trial.require(oracle.current(id) == nil, "The record outlived its retention.")
            try await oracle.store(id, .vacant, Sample.claim(Sample.owner(2)))
        },
        ConformanceCheck("A claim is refused until the very instant of expiry and wins from then on") { trial in
            let oracle = Oracle(trial)
            let id = Sample.id(1)
            let expires = try await complete(id, trial, oracle)
            if let clock = trial.clock {
                clock.set(to: Timestamp(microseconds: expires.microseconds - 1))
                let early = try await oracle.exchange(id, .vacant, Sample.claim(Sample.owner(2)))
                try trial.require(early.record?.owner == Sample.owner(1), "The claim won before the expiry.")
                clock.set(to: expires)
            }
            var reply: ExchangeReply
            repeat {
                reply = try await oracle.exchange(id, .vacant, Sample.claim(Sample.owner(2)))
            } while reply.now < expires
            try trial.require(reply.record?.owner == Sample.owner(2), "The claim did not win at the expiry.")
            try await oracle.read(id)
        },
        ConformanceCheck("Of an expired record nothing is told: not the outcome, not the owner") { trial in
            let oracle = Oracle(trial)
            let expectations: [Expectation] = [
                .running(Sample.owner(1)), .unrenewed(Sample.owner(1), renewals: 0), .inDoubt(Sample.owner(1)),
            ]
            let ids = (1...3).map { Sample.id($0) }
            var last = Timestamp(microseconds: 0)
            for id in ids { last = try await complete(id, trial, oracle) }
            try await trial.wait(until: last)
            for (id, expecting) in zip(ids, expectations) {
                let reply = try await oracle.exchange(id, expecting, Sample.claim(Sample.owner(2)))
                try trial.require(reply.record == nil, "Found \(reply.summary)")
                try await oracle.exchange(id, .vacant, nil)
            }
        },
        ConformanceCheck("A retention of zero is over at once") { trial in
            let oracle = Oracle(trial)
            let id = Sample.id(1)
            let running = try await oracle.store(id, .vacant, Sample.claim(Sample.owner(1)))
            let draft = Draft(running, state: Sample.completed(retention: .zero))
            try await oracle.store(id, .running(Sample.owner(1)), draft)
            try await oracle.read(id)
            try await oracle.store(id, .vacant, Sample.claim(Sample.owner(2)))
        },
        ConformanceCheck("Running and in-doubt records never expire") { trial in
            let oracle = Oracle(trial)
            let running = try await oracle.store(Sample.id(1), .vacant, Sample.claim(Sample.owner(1), lease: .zero))
            try await oracle.store(Sample.id(2), .vacant, Sample.claim(Sample.owner(1)))
            try await oracle.store(
                Sample.id(2), .running(Sample.owner(1)),
                Draft(oracle.record(Sample.id(2)), state: .inDoubt(.unrecorded)))
            try await trial.wait(
                until: oracle.now + (trial.clock == nil ? trial.shortRetention : .seconds(864_000_000)))
            if let sweeping = trial.store as? any SweepingStore { _ = try await sweeping.sweep(limit: 100) }
            for number in 1...2 {
                let reply = try await oracle.exchange(Sample.id(UInt64(number)), .vacant, Sample.claim(Sample.owner(2)))
                try trial.require(reply.record?.owner == Sample.owner(1), "It is gone: \(reply.summary)")
            }
            // A lapsed attempt that wakes up and was not taken over may still complete.
            try await oracle.store(
                Sample.id(1), .running(Sample.owner(1)), Draft(running, state: Sample.completed()))
        },
    ]

    /// Claims and completes with a retention that the check can wait for; gives the time of the expiry.
    private static func complete(_ id: RecordID, _ trial: Trial, _ oracle: Oracle) async throws -> Timestamp {
        let running = try await oracle.store(id, .vacant, Sample.claim(Sample.owner(1)))
        let draft = Draft(running, state: Sample.completed(retention: trial.shortRetention))
        let completed = try await oracle.store(id, .running(Sample.owner(1)), draft)
        guard case .completed(_, _, let expires) = completed.state else { throw trial.failure("It is not completed.") }
        return expires
    }
}
