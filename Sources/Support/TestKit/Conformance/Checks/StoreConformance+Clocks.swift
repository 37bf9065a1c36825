import Idempotency

extension StoreConformance {
    static let clocks = [
        ConformanceCheck("A lease has its full length from the moment it is granted") { trial in
            let oracle = Oracle(trial)
            let durations: [Duration] = [.zero, .microseconds(1), .milliseconds(1_500), .seconds(30), .seconds(86_400)]
            for (number, lease) in durations.enumerated() {
                let id = Sample.id(UInt64(number))
                let owner = Sample.owner(1)
                let before = try await trial.now()
                let claimed = try await oracle.store(id, .vacant, Sample.claim(owner, lease: lease))
                try trial.require(
                    claimed.state == .running(leaseEnd: oracle.now + lease) && oracle.now >= before,
                    "Asked for \(lease) after \(before.microseconds), got \(claimed.summary)")
                try await oracle.store(id, .running(owner), Draft(claimed, state: .running(lease: lease)))
            }
        },
        ConformanceCheck(
            "The clock of the replies goes on and never back, over all keys and instances", spansInstances: true
        ) { trial in
            var last = try await trial.now()
            let first = last
            for step in 0..<500 {
                trial.clock?.advance(by: .microseconds(step % 3))
                let id = Sample.id(UInt64(step % 5))
                let exchange = Exchange(id, expecting: .vacant, next: Sample.claim(Sample.owner(1)))
                let reply = try await trial.store(for: step).exchange(exchange)
                try trial.require(
                    reply.now >= last + (.zero - trial.effort.clockTolerance),
                    "From \(last.microseconds) back to \(reply.now.microseconds).")
                last = reply.now
            }
            try await trial.wait(until: first + .milliseconds(5))
        },
        ConformanceCheck(
            "Under contention time runs along with the fences, so a blocked writer is not stamped early",
            spansInstances: true
        ) {
            trial in
            let id = Sample.id(1)
            _ = try await trial.store.exchange(
                Exchange(id, expecting: .vacant, next: Sample.claim(Sample.owner(0), lease: .zero)))
            var grants = try await crowd(trial, of: min(64, trial.effort.crowd)) { client in
                var granted: [Record] = []
                for round in 0..<10 {
                    let look = Exchange(id, expecting: .vacant, next: Sample.claim(Sample.owner(.max)))
                    guard let seen = try await trial.store(for: client).exchange(look).record else { continue }
                    let owner = Sample.owner(UInt64(client * 100 + round + 1))
                    let takeover = Draft(takingOver: seen, owner: owner, lease: .zero)
                    let expecting = Expectation.unrenewed(seen.owner, renewals: seen.renewals)
                    let reply = try await trial.store(for: client).exchange(
                        Exchange(id, expecting: expecting, next: takeover))
                    if case .stored(let record?, _) = reply { granted.append(record) }
                }
                return granted
            }.flatMap(\.self)
            grants.sort { $0.fence < $1.fence }
            for (earlier, later) in zip(grants, grants.dropFirst()) {
                guard case .running(let a) = earlier.state, case .running(let b) = later.state else { continue }
                try trial.require(earlier.fence < later.fence, "Fence \(later.fence) was given twice.")
                try trial.require(
                    a <= b + trial.effort.clockTolerance,
                    "Fence \(later.fence) is stamped before \(earlier.fence): \(b.microseconds), \(a.microseconds)"
                )
            }
        },
    ]
}
