import Idempotency
import Logging
import Synchronization
import Testing

@Suite struct SweepServiceTests {
    private let logger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })

    private func configuration(_ change: (inout SweepService<ExpiredStore>.Configuration) -> Void = { _ in })
        -> SweepService<ExpiredStore>.Configuration
    {
        var configuration = SweepService<ExpiredStore>.Configuration()
        configuration.rest = .zero
        configuration.batch = 10
        change(&configuration)
        return configuration
    }

    @Test("A sweep removes all that has expired, in batches")
    func all() async {
        let store = ExpiredStore(expired: 35)
        let service = SweepService(store, configuration: configuration(), logger: logger)
        #expect(await service.sweepOnce() == 35)
        #expect(store.limits == [10, 10, 10, 10])
        #expect(await service.sweepOnce() == 0)
    }

    @Test("A sweep ends at its bound, and the next one goes on")
    func bound() async {
        let store = ExpiredStore(expired: 35)
        let service = SweepService(store, configuration: configuration { $0.batchesPerSweep = 2 }, logger: logger)
        #expect(await service.sweepOnce() == 20)
        #expect(await service.sweepOnce() == 15)
    }

    @Test("A store that fails ends the sweep, what was removed before counts")
    func failure() async {
        let store = ExpiredStore(expired: 35, failsAfter: 2)
        let service = SweepService(store, configuration: configuration(), logger: logger)
        #expect(await service.sweepOnce() == 20)
    }

    @Test("The service sweeps again and again until it is cancelled")
    func loop() async {
        let store = ExpiredStore(expired: 0)
        let service = SweepService(
            store, configuration: configuration { $0.interval = .milliseconds(1) }, logger: logger)
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await service.run() }
            while store.limits.count < 3 { await Task.yield() }
            group.cancelAll()
        }
        #expect(store.limits.count >= 3)
    }
}

/// A store with a number of expired records, and nothing else.
private final class ExpiredStore: SweepingStore {
    private struct State {
        var expired: Int
        var limits: [Int] = []
    }

    private let state: Mutex<State>
    private let failsAfter: Int

    init(expired: Int, failsAfter: Int = .max) {
        state = Mutex(State(expired: expired))
        self.failsAfter = failsAfter
    }

    var limits: [Int] { state.withLock { $0.limits } }

    func exchange(_ exchange: Exchange) async throws(StoreError) -> ExchangeReply {
        .conflict(nil, now: Timestamp(microseconds: 0))
    }

    func sweep(limit: Int) async throws(StoreError) -> Int {
        let swept: Int? = state.withLock { state in
            guard state.limits.count < failsAfter else { return nil }
            state.limits.append(limit)
            defer { state.expired -= min(limit, state.expired) }
            return min(limit, state.expired)
        }
        guard let swept else { throw StoreError(.unavailable, "gone", effect: .notApplied) }
        return swept
    }
}
