import Idempotency

extension StoreConformance {
    static let sweeps = [
        ConformanceCheck("A sweep removes expired records and nothing else, no more than it was told", needs: .sweeping)
        {
            trial in
            let oracle = Oracle(trial)
            let sweeping = try trial.sweeping
            var number: UInt64 = 0
            for _ in 0..<10 {
                for situation in Situation.allCases {
                    number += 1
                    try await situation.prepare(Sample.id(number), oracle, trial)
                }
            }
            // Nothing of it has expired by the store's clock, unless that is a real one.
            if trial.clock != nil {
                try trial.require(try await sweeping.sweep(limit: 100) == 0, "It swept records that had not expired.")
            }
            try await trial.wait(until: oracle.now + trial.shortRetention)
            var total = 0
            var removed: Int
            repeat {
                removed = try await sweeping.sweep(limit: 4)
                total += removed
                try trial.require(removed <= 4, "It removed \(removed) records instead of at most 4.")
            } while removed == 4
            try trial.require(total <= 10, "It removed \(total) records, but only 10 had expired.")
            try trial.require(try await sweeping.sweep(limit: 100) == 0, "It stopped before all was swept.")
            for id in oracle.ids { try await oracle.read(id) }
            for id in oracle.ids { try await oracle.exchange(id, .vacant, Sample.claim(Sample.owner(77))) }
        },
        ConformanceCheck(
            "A sweep that races with claims of the expired keys takes none of them away", needs: .sweeping,
            spansInstances: true
        ) {
            trial in
            let sweeping = try trial.sweeping
            let ids = (0..<100).map { Sample.id(UInt64($0)) }
            var last = Timestamp(microseconds: 0)
            var fences: [Fence] = []
            for id in ids {
                var draft = Sample.claim(Sample.owner(1))
                draft.state = Sample.completed(retention: trial.shortRetention)
                let reply = try await trial.store.exchange(Exchange(id, expecting: .vacant, next: draft))
                fences.append(reply.record?.fence ?? Fence(0))
                last = reply.now + trial.shortRetention
            }
            try await trial.wait(until: last)
            let replies = try await crowd(trial, of: ids.count + 4) { client -> ExchangeReply? in
                guard client >= 4 else {
                    for _ in 0..<50 { _ = try await sweeping.sweep(limit: 3) }
                    return nil
                }
                let claim = Sample.claim(Sample.owner(2))
                return try await trial.store(for: client).exchange(
                    Exchange(ids[client - 4], expecting: .vacant, next: claim))
            }
            for (number, id) in ids.enumerated() {
                guard case .stored(let record?, _)? = replies[number + 4] else {
                    throw trial.failure("An expired key could not be claimed.")
                }
                try trial.require(record.fence > fences[number], "The fence did not grow over expiry and sweep.")
                let probe = Exchange(id, expecting: .vacant, next: Sample.claim(Sample.owner(3)))
                let found = try await trial.store.exchange(probe)
                try trial.require(found.record == record, "The claim was swept away: \(found.summary)")
            }
        },
    ]
}

extension Trial {
    /// The store as one that sweeps; checks that need it run on no other.
    var sweeping: any SweepingStore {
        get throws {
            guard let sweeping = store as? any SweepingStore else { throw failure("The store does not sweep.") }
            return sweeping
        }
    }
}
