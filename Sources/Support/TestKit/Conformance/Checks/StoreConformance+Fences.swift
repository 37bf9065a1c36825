import Idempotency

extension StoreConformance {
    static let fences = [
        ConformanceCheck("Fences grow with every claim: after release, takeover, doubt, expiry and sweep") { trial in
            let oracle = Oracle(trial)
            let ids = (1...3).map { Sample.id($0) }
            var owners: UInt64 = 0
            for round in 0..<4 {
                for id in ids {
                    owners += 1
                    let owner = Sample.owner(owners)
                    let record = try await oracle.store(id, .vacant, Sample.claim(owner))
                    try await oracle.exchange(id, .running(owner), nil)
                    let second = try await oracle.store(id, .vacant, Sample.claim(owner, lease: .zero))
                    try trial.require(second.fence > record.fence, "The fence did not grow after a release.")
                    let draft = Draft(takingOver: second, owner: owner, lease: Sample.lease)
                    let third = try await oracle.store(id, .unrenewed(owner, renewals: 0), draft)
                    try await oracle.store(id, .running(owner), Draft(third, state: .inDoubt(.unknownEnd)))
                    try await oracle.exchange(id, .inDoubt(owner), nil)
                    let fourth = try await oracle.store(id, .vacant, Sample.claim(owner))
                    let completion = Draft(fourth, state: Sample.completed(retention: trial.shortRetention))
                    try await oracle.store(id, .running(owner), completion)
                }
                try await trial.wait(until: oracle.now + trial.shortRetention)
                if round % 2 == 1, let sweeping = trial.store as? any SweepingStore {
                    while try await sweeping.sweep(limit: 2) == 2 {}
                }
            }
        },
        ConformanceCheck("A write that is not a claim keeps its fence") { trial in
            let oracle = Oracle(trial)
            let id = Sample.id(1)
            let owner = Sample.owner(1)
            let claimed = try await oracle.store(id, .vacant, Sample.claim(owner))
            // Another key's claim in between must not show.
            try await oracle.store(Sample.id(2), .vacant, Sample.claim(owner))
            let renewed = try await oracle.store(id, .running(owner), Draft(claimed, state: .running(lease: .zero)))
            let completed = try await oracle.store(id, .running(owner), Draft(renewed, state: Sample.completed()))
            try trial.require(completed.fence == claimed.fence, "The fence changed without a claim.")
        },
    ]
}
