import Idempotency

extension StoreConformance {
    static let races = [
        ConformanceCheck(
            "Of many callers that claim one key exactly one wins, and the others see it", spansInstances: true
        ) { trial in
            let id = Sample.id(1)
            let replies = try await crowd(trial, of: trial.effort.crowd) { client in
                let claim = Sample.claim(Sample.owner(UInt64(client)))
                return try await trial.store(for: client).exchange(Exchange(id, expecting: .vacant, next: claim))
            }
            try requireOneWinner(replies, trial)
        },
        ConformanceCheck("Of many callers that take over one lapsed attempt exactly one wins", spansInstances: true) {
            trial in
            let id = Sample.id(1)
            let first = Sample.claim(Sample.owner(9_999), lease: .zero)
            let reply = try await trial.store.exchange(Exchange(id, expecting: .vacant, next: first))
            guard let lapsed = reply.record else { throw trial.failure("The claim was refused: \(reply.summary)") }
            let replies = try await crowd(trial, of: trial.effort.crowd) { client in
                let owner = Sample.owner(UInt64(client))
                let expecting = Expectation.unrenewed(lapsed.owner, renewals: lapsed.renewals)
                let takeover = Draft(takingOver: lapsed, owner: owner, lease: Sample.lease)
                return try await trial.store(for: client).exchange(
                    Exchange(id, expecting: expecting, next: takeover))
            }
            try requireOneWinner(replies, trial)
        },
        ConformanceCheck(
            "Between completion, renewal, doubt, release and takeover of one attempt one end wins", spansInstances: true
        ) {
            trial in
            for round in 0..<20 {
                let id = Sample.id(UInt64(round))
                let owner = Sample.owner(1)
                let claim = Exchange(id, expecting: .vacant, next: Sample.claim(owner, lease: .zero))
                guard let running = try await trial.store.exchange(claim).record else {
                    throw trial.failure("A vacant key could not be claimed.")
                }
                let ends: [Exchange] = [
                    Exchange(id, expecting: .running(owner), next: Draft(running, state: Sample.completed())),
                    Exchange(id, expecting: .running(owner), next: Draft(running, state: .inDoubt(.unknownEnd))),
                    Exchange(id, expecting: .running(owner), next: nil),
                    Exchange(
                        id, expecting: .unrenewed(owner, renewals: 0),
                        next: Draft(takingOver: running, owner: Sample.owner(2), lease: Sample.lease)),
                ]
                let replies = try await crowd(trial, of: ends.count * 4) { client in
                    try await trial.store(for: client).exchange(ends[client % ends.count])
                }
                let stored = replies.count { if case .stored = $0 { true } else { false } }
                try trial.require(stored == 1, "\(stored) of the exclusive writes were stored.")
            }
        },
        ConformanceCheck("Callers of many different keys all win at the same time", spansInstances: true) { trial in
            let replies = try await crowd(trial, of: trial.effort.crowd) { client in
                let claim = Sample.claim(Sample.owner(UInt64(client)))
                return try await trial.store(for: client).exchange(
                    Exchange(Sample.id(UInt64(client)), expecting: .vacant, next: claim))
            }
            for (client, reply) in replies.enumerated() {
                guard case .stored(let record?, _) = reply, record.owner == Sample.owner(UInt64(client)) else {
                    throw trial.failure("Client \(client) got \(reply.summary)")
                }
            }
        },
    ]

    /// Runs `count` clients at the same time and gives their results in the order of the clients.
    static func crowd<Value: Sendable>(
        _ trial: Trial, of count: Int, _ body: @escaping @Sendable (_ client: Int) async throws -> Value
    ) async throws -> [Value] {
        try await withThrowingTaskGroup(of: (Int, Value).self) { group in
            for client in 0..<count {
                group.addTask { (client, try await body(client)) }
            }
            var values: [(Int, Value)] = []
            for try await value in group { values.append(value) }
            return values.sorted { $0.0 < $1.0 }.map(\.1)
        }
    }

    static func requireOneWinner(_ replies: [ExchangeReply], _ trial: Trial) throws {
        var winners: [Record] = []
        var seen: [Record] = []
        for reply in replies {
            switch reply {
            case .stored(let record?, _): winners.append(record)
            case .conflict(let record?, _): seen.append(record)
            case .stored(nil, _), .conflict(nil, _): throw trial.failure("A caller got \(reply.summary)")
            }
        }
        guard let winner = winners.first, winners.count == 1 else {
            throw trial.failure("\(winners.count) of \(replies.count) callers won.")
        }
        if let other = seen.first(where: { $0 != winner }) {
            throw trial.failure("The winner is \(winner.summary), but a loser saw \(other.summary)")
        }
    }
}
