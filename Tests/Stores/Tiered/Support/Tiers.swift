import Idempotency
import IdempotencyPrometheus
import IdempotencyTestKit
import IdempotencyTiered
import StoreTestParts
import Synchronization

typealias LosingTiers = TieredStore<LosingStore, LosingStore>

/// A store that loses on command what it has acknowledged, and fails on command; its fences grow all the same.
final class LosingStore: RecordStore {
    struct Contents: Sendable {
        fileprivate var registers: [RecordID: Register] = [:]
    }

    private struct State {
        var contents = Contents()
        var lastFence = Fence(0)
        var failure: StoreError?
        var questions = 0
        var writes = 0
    }

    private let clock: ManualClock
    private let state = Mutex(State())

    init(clock: ManualClock) {
        self.clock = clock
    }

    /// How many exchanges were asked for, and how many of them wrote.
    var cost: (questions: Int, writes: Int) { state.withLock { ($0.questions, $0.writes) } }

    /// All there is, to go back to.
    var contents: Contents { state.withLock { $0.contents } }

    /// Forgets everything.
    func loseEverything() { goBack(to: Contents()) }

    /// Forgets what came after.
    func goBack(to contents: Contents) { state.withLock { $0.contents = contents } }

    /// From now on fails every exchange with this; with `nil` it works again.
    func fail(with error: StoreError?) { state.withLock { $0.failure = error } }

    func exchange(_ exchange: Exchange) async throws(StoreError) -> ExchangeReply {
        let now = clock.now
        return try state.withLock { state throws(StoreError) in
            if let failure = state.failure { throw failure }
            let reply = state.contents.registers[exchange.id, default: Register()].exchange(
                expecting: exchange.expecting, next: exchange.next, now: now, lastFence: &state.lastFence)
            state.questions += 1
            if case .stored(_?, _) = reply { state.writes += 1 }
            return reply
        }
    }
}

/// Two processes that share a store in front that loses things, and one behind.
struct LosingPair {
    let clock = ManualClock()
    let front: LosingStore
    let base: LosingStore
    let one: LosingTiers
    let two: LosingTiers
    /// Of both.
    let metrics = PrometheusMetrics()
    let journal = Journal()
    let id = RecordID.test(1)

    init() {
        front = LosingStore(clock: clock)
        base = LosingStore(clock: clock)
        one = LosingTiers(front: front, base: base, logger: journal.logger, metrics: metrics)
        two = LosingTiers(front: front, base: base, logger: journal.logger, metrics: metrics)
    }

    /// Claims the key; fails when somebody else has it.
    func claim(_ owner: Int, at store: LosingTiers, lease: Duration = .seconds(30)) async throws -> Record {
        let draft = Draft(claiming: .test(1), owner: .test(owner), lease: lease, label: Label(key: "k"))
        return try await stored(Exchange(id, expecting: .vacant, next: draft), at: store)
    }

    /// Takes an attempt over whose lease is over.
    func takeOver(_ record: Record, by owner: Int, at store: LosingTiers) async throws -> ExchangeReply {
        let draft = Draft(takingOver: record, owner: .test(owner), lease: .seconds(30))
        return try await store.exchange(
            Exchange(id, expecting: .unrenewed(record.owner, renewals: record.renewals), next: draft))
    }

    /// Completes an attempt with these bytes.
    func complete(_ record: Record, _ bytes: [UInt8], at store: LosingTiers) async throws -> ExchangeReply {
        let draft = Draft(record, state: .completed(Outcome(.success, bytes), retention: .seconds(3600)))
        return try await store.exchange(Exchange(id, expecting: .running(record.owner), next: draft))
    }

    /// What the key looks like to a claim.
    func seen(at store: LosingTiers) async throws -> Record? {
        let nobody = Exchange(id, expecting: .running(.test(999)), next: nil)
        return try await store.exchange(nobody).record
    }

    func stored(_ exchange: Exchange, at store: LosingTiers) async throws -> Record {
        let reply = try await store.exchange(exchange)
        guard case .stored(let record?, _) = reply else { throw NotStored(reply: reply) }
        return record
    }
}

/// A write that was to happen and did not.
struct NotStored: Error {
    let reply: ExchangeReply
}

extension Record {
    /// The bytes of the outcome.
    var outcomeBytes: [UInt8]? {
        if case .completed(let outcome, _, _) = state { outcome.bytes } else { nil }
    }
}
