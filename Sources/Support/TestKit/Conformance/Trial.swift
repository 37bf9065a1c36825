import Idempotency

/// One run of one check: the store, the time, and how to say what is wrong.
struct Trial: Sendable {
    let check: ConformanceCheck
    /// Instances that share their records; at least one.
    let stores: [any RecordStore]
    let clock: ManualClock?
    let effort: ConformanceEffort
    let seed: Seed

    init(
        check: ConformanceCheck, stores: [any RecordStore], clock: ManualClock?, effort: ConformanceEffort, seed: Seed
    ) throws {
        precondition(!stores.isEmpty, "the opening closure must pass at least one store")
        self.check = check
        self.stores = stores
        self.clock = clock
        self.effort = effort
        self.seed = seed
    }

    var store: any RecordStore { stores[0] }

    /// The instance for the client of this number.
    func store(for client: Int) -> any RecordStore { stores[client % stores.count] }

    var missingAbility: ConformanceCheck.Ability? {
        check.abilities.sorted { $0.rawValue < $1.rawValue }.first { ability in
            switch ability {
            case .submitting: !(store is any SubmittingStore)
            case .listing: !(store is any ListingStore)
            case .sweeping: !(store is any SweepingStore)
            case .rewriting: !(store is any RewritingStore)
            }
        }
    }

    /// A source of random numbers of this check's own.
    func generator(_ part: String = "") -> SeededGenerator {
        SeededGenerator(seed.derived(check.name + part))
    }

    /// Throws unless `condition` holds.
    func require(_ condition: Bool, _ message: @autoclosure () -> String) throws {
        if !condition { throw failure(message()) }
    }

    func failure(_ message: String) -> ConformanceFailure {
        ConformanceFailure(check: check.name, message: message, seed: seed)
    }

    /// A retention that a check can wait for: short on a real clock.
    var shortRetention: Duration { clock == nil ? effort.shortRetention : .seconds(60) }

    /// Lets the time of the store pass until it is `time` or later.
    func wait(until time: Timestamp) async throws {
        if let clock {
            if clock.now < time { clock.set(to: time) }
            return
        }
        let deadline = ContinuousClock.now + .seconds(60)
        while try await now() < time {
            try require(ContinuousClock.now < deadline, "The store's clock did not reach the expected time in 60 s.")
            try await Task.sleep(for: .milliseconds(2))
        }
    }

    /// The store's clock, asked by an exchange that changes nothing.
    func now() async throws -> Timestamp {
        let probe = Exchange(Sample.id(UInt64.max, 0x70_726F_6265), expecting: .inDoubt(Sample.owner(0)), next: nil)
        let reply = try await store.exchange(probe)
        try require(reply == .conflict(nil, now: reply.now), "A key that nobody used is not vacant: \(reply.summary)")
        return reply.now
    }
}
