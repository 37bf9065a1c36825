import Idempotency

extension StoreConformance {
    static let acknowledgements = [
        ConformanceCheck("A write that is repeated finds its own owner, so a lost acknowledgement is recognised") {
            trial in
            let oracle = Oracle(trial)
            let id = Sample.id(1)
            let owner = Sample.owner(1)
            let claim = Sample.claim(owner)
            let claimed = try await oracle.store(id, .vacant, claim)
            let again = try await oracle.exchange(id, .vacant, claim)
            try trial.require(again == .conflict(claimed, now: again.now), "The repeated claim got \(again.summary)")

            let completion = Draft(claimed, state: Sample.completed([9]))
            let completed = try await oracle.store(id, .running(owner), completion)
            let repeated = try await oracle.exchange(id, .running(owner), completion)
            try trial.require(
                repeated == .conflict(completed, now: repeated.now), "The repeated completion got \(repeated.summary)")
        },
        ConformanceCheck("A renewal that is repeated renews again, with the same count") { trial in
            let oracle = Oracle(trial)
            let id = Sample.id(1)
            let owner = Sample.owner(1)
            let claimed = try await oracle.store(id, .vacant, Sample.claim(owner))
            let renewal = Draft(claimed, state: .running(lease: Sample.lease))
            for _ in 0..<3 {
                let renewed = try await oracle.store(id, .running(owner), renewal)
                try trial.require(renewed.renewals == 1, "The renewal was counted \(renewed.renewals) times.")
            }
        },
        ConformanceCheck("A release that is repeated finds the key vacant, and one that comes late harms nobody") {
            trial in
            let oracle = Oracle(trial)
            let id = Sample.id(1)
            try await oracle.store(id, .vacant, Sample.claim(Sample.owner(1)))
            try await oracle.exchange(id, .running(Sample.owner(1)), nil)
            let again = try await oracle.exchange(id, .running(Sample.owner(1)), nil)
            try trial.require(again == .conflict(nil, now: again.now), "The repeated release got \(again.summary)")
            try await oracle.store(id, .vacant, Sample.claim(Sample.owner(2)))
            let late = try await oracle.exchange(id, .running(Sample.owner(1)), nil)
            try trial.require(late.record?.owner == Sample.owner(2), "The late release got \(late.summary)")
        },
        ConformanceCheck(
            "A cancelled caller's write is applied whole or not at all, and never taken back", spansInstances: true
        ) { trial in
            for number in 0..<50 {
                let id = Sample.id(UInt64(number))
                let owner = Sample.owner(UInt64(number))
                let result = await withTaskGroup(of: Result<ExchangeReply, any Error>.self) { group in
                    group.addTask {
                        do {
                            let exchange = Exchange(id, expecting: .vacant, next: Sample.claim(owner))
                            return .success(try await trial.store(for: number).exchange(exchange))
                        } catch { return .failure(error) }
                    }
                    if number % 2 == 0 { await Task.yield() }
                    group.cancelAll()
                    return await group.next()
                }
                let probe = Exchange(id, expecting: .vacant, next: Sample.claim(Sample.owner(1_000)))
                let found = try await trial.store.exchange(probe).record?.owner
                switch result {
                case .success?: try trial.require(found == owner, "It was acknowledged and is gone.")
                case .failure(let error as StoreError)? where error.effect == .notApplied:
                    try trial.require(found == Sample.owner(1_000), "It was reported as not applied and is there.")
                default: try trial.require(found != nil, "Neither claim is there.")
                }
            }
        },
    ]
}
