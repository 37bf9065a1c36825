import Idempotency
import IdempotencySQLite
import IdempotencyTestKit
import Testing

@Suite("A clock that is set") struct Scenario15Tests {
    static let steps: [Duration] = [.seconds(2 * 24 * 3600), .seconds(-3600)]

    /// Two processes on one file: both have the boot clock of the machine, each has a wall clock of its own.
    struct Nodes {
        /// Retention is counted on the wall clock: it has to be longer than the clock is wrong.
        static let retention = Duration.seconds(7 * 24 * 3600)

        let boot = ManualClock()
        let walls = [ManualClock(), ManualClock()]
        var stores: [SQLiteStore] = []
        let key: IdempotencyKey
        let ledger = EffectLedger()

        static func play(_ scene: (Nodes) async throws -> Void) async throws {
            try await withFolder { folder in
                var nodes = Nodes(key: try IdempotencyKey("order-1"))
                for wall in nodes.walls {
                    var configuration = SQLiteStore.Configuration()
                    configuration.clock = StageClock(wall: wall, boot: nodes.boot)
                    nodes.stores.append(
                        try await SQLiteStore.open(folder + "/once.db", configuration: configuration, logger: .silent))
                }
                try await scene(nodes)
                for store in nodes.stores { await store.close() }
            }
        }

        /// Time passes for everyone.
        func pass(_ duration: Duration) {
            for clock in walls + [boot] { clock.advance(by: duration) }
        }

        /// A caller of node `number`, whose operation would take effect.
        func call(_ number: Int) async -> String {
            var configuration = Once.Configuration()
            configuration.lease = Stage.lease
            configuration.retention = Self.retention
            let once = Once(
                store: stores[number], interrupted: .rerun, configuration: configuration, clock: boot.local)
            do {
                let report = try await once.report(key, scope: "scenario", fingerprint: .none) { [ledger] attempt in
                    try ledger.append(attempt.fence)
                }
                return report.isReplay ? "replayed" : "performed"
            } catch {
                return (error as? OnceError).map { "\($0.code)" } ?? "\(error)"
            }
        }

        /// An attempt of node `number` that claims the key and is not heard of again.
        func claim(_ number: Int) async throws -> Exchange {
            var generator = SystemRandomNumberGenerator()
            let draft = Draft(claiming: .none, owner: .random(using: &generator), lease: Stage.lease)
            let claim = Exchange(RecordID(scope: "scenario", key: key), expecting: .vacant, next: draft)
            _ = try await stores[number].exchange(claim)
            return claim
        }
    }

    @Test("Scenario 15: the clock of the node that looks is set: no early takeover", arguments: steps)
    func looker(step: Duration) async throws {
        try await Nodes.play { nodes in
            _ = try await nodes.claim(0)
            nodes.walls[1].set(to: nodes.walls[1].now + step)
            nodes.pass(Stage.lease - .microseconds(1))
            #expect(await nodes.call(1) == "inProgress")
            #expect(nodes.ledger.effects == [])
        }
    }

    @Test("Scenario 15: the clock of either node is set: no eternal lease", arguments: steps, [0, 1])
    func lapse(step: Duration, node: Int) async throws {
        try await Nodes.play { nodes in
            _ = try await nodes.claim(0)
            nodes.walls[node].set(to: nodes.walls[node].now + step)
            nodes.pass(Stage.lease)
            #expect(await nodes.call(1) == "performed")
            #expect(await nodes.call(0) == "replayed")
            #expect(nodes.ledger.effects == [2])
        }
    }

    @Test("Scenario 15: the clock is set while the attempt runs: it still may renew and complete", arguments: steps)
    func running(step: Duration) async throws {
        try await Nodes.play { nodes in
            let claim = try await nodes.claim(0)
            let store = nodes.stores[0]
            nodes.walls[0].set(to: nodes.walls[0].now + step)
            nodes.pass(Stage.lease / 2)
            let (found, now) = try await store.record(claim.id)
            let record = try #require(found)
            #expect(record.remainingLease(at: now) == Stage.lease / 2)
            let renewal = Draft(record, state: .running(lease: Stage.lease))
            let reply = try await store.exchange(
                Exchange(claim.id, expecting: .unrenewed(record.owner, renewals: 0), next: renewal))
            #expect(reply.record?.remainingLease(at: reply.now) == Stage.lease)
            #expect(await nodes.call(1) == "inProgress")
        }
    }

    @Test("Scenario 15: the clock goes back by an hour: a completed key is replayed, the longer for it")
    func replay() async throws {
        try await Nodes.play { nodes in
            #expect(await nodes.call(0) == "performed")
            nodes.walls[1].set(to: nodes.walls[1].now + .seconds(-3600))
            nodes.pass(Nodes.retention)
            #expect(await nodes.call(1) == "replayed")
            #expect(nodes.ledger.effects == [1])
        }
    }
}
