import Idempotency

extension StoreConformance {
    static let histories = [
        ConformanceCheck("Random histories of one caller get the replies of the specification") { trial in
            let oracle = Oracle(trial)
            try await randomHistory(trial, oracle)
        },
        ConformanceCheck("Concurrent histories are linearizable for each key", spansInstances: true) { trial in
            let durations: [Duration] = [.milliseconds(1), .milliseconds(5), .seconds(60)]
            for round in 0..<trial.effort.histories {
                try await concurrentHistory(trial, round: round, durations: durations, clockSteps: durations) { $0 }
            }
        },
        ConformanceCheck(
            "Concurrent histories with lost replies and lost requests are linearizable for each key",
            spansInstances: true
        ) {
            trial in
            for round in 0..<trial.effort.histories {
                // Nothing expires here, as the clock moves by less than a second in all: when an unseen write was
                // stamped is not known.
                try await concurrentHistory(
                    trial, round: round, durations: [.seconds(3_600)], clockSteps: [.microseconds(1), .milliseconds(1)]
                ) { store in
                    let plan = FaultPlan.random(
                        [.loseReply, .loseRequest], percent: 10, seed: trial.seed.derived("faults \(round)"))
                    return faulty(store, plan)
                }
            }
        },
    ]

    static func randomHistory(_ trial: Trial, _ oracle: Oracle) async throws {
        var client = HistoryClient(
            1, trial.generator(),
            durations: [.zero, .microseconds(1), .milliseconds(2), .milliseconds(20), .seconds(60)])
        let ids = (1...8).map { Sample.id($0) }
        for _ in 0..<trial.effort.steps {
            if let clock = trial.clock, client.chance(20) {
                clock.advance(by: client.pick([.microseconds(1), .milliseconds(2), .milliseconds(19), .seconds(61)]))
            }
            let exchange = client.exchange(on: ids)
            let reply = try await oracle.exchange(exchange.id, exchange.expecting, exchange.next)
            if client.chance(80) { client.learn(exchange.id, reply) }
        }
    }

    /// Six clients with forty exchanges each on three keys: long enough for every kind of meeting, short enough to
    /// check.
    private static func concurrentHistory(
        _ trial: Trial, round: Int, durations: [Duration], clockSteps: [Duration],
        wrap: (any RecordStore) -> any RecordStore
    ) async throws {
        let log = ExchangeLog()
        let ids = (0..<3).map { Sample.id(UInt64(round * 10 + $0)) }
        let stores = trial.stores.map(wrap)
        _ = try await crowd(trial, of: 6) { number in
            var client = HistoryClient(
                number, trial.generator("\(round).\(number)"), durations: durations,
                writesInSteps: trial.effort.writesInSteps)
            for _ in 0..<40 {
                if client.chance(10) { trial.clock?.advance(by: client.pick(clockSteps)) }
                let exchange = client.exchange(on: ids)
                do throws(StoreError) {
                    client.learn(exchange.id, try await log.exchange(exchange, on: stores[number % stores.count]))
                } catch {
                    guard error.code == .unavailable else { throw error as any Error }
                }
            }
        }
        do {
            try RegisterHistory.check(log.entries, clockTolerance: trial.effort.clockTolerance)
        } catch {
            throw trial.failure(error.description)
        }
    }

    private static func faulty(_ store: some RecordStore, _ plan: FaultPlan) -> any RecordStore {
        FaultyStore(store, plan: plan)
    }
}
