import Idempotency

extension StoreConformance {
    static let replies = [
        ConformanceCheck("A vacant key can be claimed, completed, and then answers with the outcome") { trial in
            let oracle = Oracle(trial)
            let id = Sample.id(1)
            let owner = Sample.owner(1)
            try await oracle.store(id, .vacant, Sample.claim(owner))
            let running = try oracle.record(id)
            try await oracle.store(id, .running(owner), Draft(running, state: Sample.completed()))
            try await oracle.exchange(id, .vacant, Sample.claim(Sample.owner(2)))
        },
        ConformanceCheck("Every expectation in every state stores or refuses, and tells what is there") { trial in
            let oracle = Oracle(trial)
            var number: UInt64 = 100
            var cases: [(id: RecordID, before: Record?, expecting: Int, write: Int)] = []
            for situation in Situation.allCases {
                for expecting in 0..<Situation.expectations {
                    for write in 0..<Situation.writes {
                        number += 1
                        let id = Sample.id(number)
                        try await situation.prepare(id, oracle, trial)
                        cases.append((id, oracle.current(id), expecting, write))
                    }
                }
            }
            try await trial.wait(until: oracle.now + trial.shortRetention)
            for item in cases {
                try await oracle.exchange(
                    item.id, Situation.expectation(item.expecting, on: item.before),
                    Situation.write(item.write, on: item.before))
                try await oracle.read(item.id)
            }
        },
        ConformanceCheck("A takeover that saw an older renewal count is refused") { trial in
            let oracle = Oracle(trial)
            let id = Sample.id(1)
            let owner = Sample.owner(1)
            let seen = try await oracle.store(id, .vacant, Sample.claim(owner, lease: .zero))
            try await oracle.store(id, .running(owner), Draft(seen, state: .running(lease: Sample.lease)))
            let takeover = Draft(takingOver: seen, owner: Sample.owner(2), lease: Sample.lease)
            try await oracle.exchange(id, .unrenewed(owner, renewals: seen.renewals), takeover)
            try await oracle.exchange(id, .unrenewed(owner, renewals: seen.renewals + 1), takeover)
        },
        ConformanceCheck("A late attempt can neither renew, complete nor release what another took over") { trial in
            let oracle = Oracle(trial)
            let id = Sample.id(1)
            let late = Sample.owner(1)
            let first = try await oracle.store(id, .vacant, Sample.claim(late, lease: .zero))
            try await oracle.store(
                id, .unrenewed(late, renewals: 0), Draft(takingOver: first, owner: Sample.owner(2), lease: Sample.lease)
            )
            for write in [
                Draft(first, state: .running(lease: Sample.lease)), Draft(first, state: Sample.completed()),
                Draft(first, state: .inDoubt(.unknownEnd)), nil,
            ] {
                let reply = try await oracle.exchange(id, .running(late), write)
                try trial.require(reply.record?.owner == Sample.owner(2), "The late attempt was not refused.")
            }
        },
        ConformanceCheck("A doubt stays until it is settled, by outcome or by release") { trial in
            let oracle = Oracle(trial)
            for (number, settle) in [true, false].enumerated() {
                let id = Sample.id(UInt64(number))
                let owner = Sample.owner(1)
                let running = try await oracle.store(id, .vacant, Sample.claim(owner))
                let doubt = try await oracle.store(id, .running(owner), Draft(running, state: .inDoubt(.leaseLapsed)))
                try await oracle.exchange(id, .vacant, Sample.claim(Sample.owner(2)))
                try await oracle.exchange(id, .running(owner), nil)
                try await oracle.exchange(id, .inDoubt(Sample.owner(2)), nil)
                try await oracle.exchange(
                    id, .inDoubt(owner), settle ? Draft(doubt, state: Sample.completed()) : nil)
                try await oracle.exchange(id, .vacant, Sample.claim(Sample.owner(3)))
            }
        },
    ]
}
