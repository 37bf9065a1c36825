import Idempotency

/// A register, a store clock and a local clock: enough to lead executions through any history by hand.
struct World {
    var register = Register()
    var lastFence = Fence(0)
    var time = Timestamp(microseconds: 1_000_000_000)
    var moment = Moment(nanoseconds: 0)

    static let id = RecordID(Digest(1, 2, 3, 4))
    static let fingerprint = Fingerprint(algorithm: 1, digest: Digest(5, 6, 7, 8))
    static let other = Fingerprint(algorithm: 1, digest: Digest(9, 9, 9, 9))

    func execution(
        _ number: UInt64, _ rule: InterruptedRule = .hold, fingerprint: Fingerprint = Self.fingerprint,
        wait: Duration = .zero
    ) -> Execution {
        Execution(
            Request(id: Self.id, fingerprint: fingerprint),
            terms: Terms(lease: .seconds(30), retention: .seconds(3600), wait: wait, interrupted: rule),
            owner: Owner(high: 0, low: number))
    }

    mutating func pass(_ duration: Duration) {
        time = time + duration
        moment = moment + duration
    }

    mutating func apply(_ exchange: Exchange) -> ExchangeReply {
        register.exchange(
            expecting: exchange.expecting, next: exchange.next, now: time, lastFence: &lastFence)
    }

    /// Carries writes to the store and replies back until the execution wants none.
    mutating func settle(_ execution: inout Execution, _ effects: Effects) -> Effects {
        var effects = effects
        var told: Answer?
        while let write = effects.write {
            effects = execution.replied(apply(write.exchange), to: write.purpose, at: moment)
            told = told ?? effects.answer
        }
        effects.answer = effects.answer ?? told
        return effects
    }

    mutating func begin(_ execution: inout Execution) -> Effects {
        settle(&execution, execution.begin(at: moment))
    }

    mutating func end(_ execution: inout Execution, _ end: Execution.End) -> Effects {
        settle(&execution, execution.operationEnded(end, at: moment))
    }

    static let outage = StoreError(.unavailable, "down", effect: .unknown)
}
