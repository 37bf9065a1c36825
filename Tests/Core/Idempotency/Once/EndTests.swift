import Idempotency
import Synchronization
import Testing

@Suite("However a call of Once ends", .timeLimit(.minutes(1))) struct EndTests {
    /// Cancels the task that claims.
    private final class CancellingStore: RecordStore {
        let memory = MemoryStore()

        func exchange(_ exchange: Exchange) async throws(StoreError) -> ExchangeReply {
            if exchange.expecting == .vacant { withUnsafeCurrentTask { $0?.cancel() } }
            return try await memory.exchange(exchange)
        }
    }

    private let store = MemoryStore()
    private let effects = Counter()
    private let key: IdempotencyKey

    init() throws { key = try IdempotencyKey("order-1") }

    @Test("It gives its place back, so that a drain has nothing to wait for", arguments: Distance.allCases)
    func places(_ distance: Distance) async throws {
        var configuration = Once.Configuration()
        configuration.maximumExecutions = 1
        configuration.drain = .seconds(20)
        let once = Once(store: distance.store(store), interrupted: .hold, configuration: configuration)
        let other = Once(store: distance.store(store), interrupted: .hold, configuration: configuration)
        _ = try await other.perform(key, scope: "pay", request: 1) { _ in effects.count() }
        for (scope, request) in [("pay", 1), ("pay", 2), ("doubt", 1), ("doubt", 1), ("new", 1), ("new", 1)] {
            // What ran gives its place back just behind its answer.
            while once.executionsUnderWay > 0 { try await Task.sleep(for: .milliseconds(1)) }
            _ = try? await once.perform(key, scope: Scope(scope), request: request) { _ in
                if scope == "doubt" { throw Crash() }
                return effects.count()
            }
        }
        #expect(effects.total == 2)
        #expect(await once.drain())
        #expect(once.executionsUnderWay == 0)
    }

    @Test("It is counted and timed under its outcome", arguments: Distance.allCases)
    func counts(_ distance: Distance) async throws {
        let metrics = TallyFactory()
        var configuration = Once.Configuration()
        configuration.metrics = metrics
        let once = Once(store: distance.store(store), interrupted: .hold, configuration: configuration)
        for request in [1, 1, 1, 2] {
            _ = try? await once.perform(key, scope: "pay", request: request) { _ in effects.count() }
            // What ran may still be at its end, and would answer the next one itself.
            while once.executionsUnderWay > 0 { try await Task.sleep(for: .milliseconds(1)) }
        }
        let expected = ["performed": 1, "replayed": 2, "mismatch": 1]
        for label in ["idempotency_operations_total", "idempotency_operation_duration"] {
            for (outcome, count) in expected { #expect(metrics.told["\(label) \(outcome)"] == count) }
        }
        #expect(metrics.told.count == 2 * expected.count)
    }

    @Test("A caller that was cancelled before runs nothing", arguments: Distance.allCases)
    func cancelledBefore(_ distance: Distance) async throws {
        let once = Once(store: distance.store(store), interrupted: .hold)
        let caller = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            _ = try await once.perform(key, scope: "pay") { _ in effects.count() }
        }
        await #expect(throws: CancellationError.self) { try await caller.value }
        #expect(await once.drain())
        #expect(effects.total == 0)
        #expect(try await store.counts() == RecordCounts())
    }

    @Test("A caller that is cancelled while its key is claimed leaves at once, and the operation goes on")
    func cancelledMeanwhile() async throws {
        let once = Once(store: CancellingStore(), interrupted: .hold)
        let (left, leave) = AsyncStream.makeStream(of: Void.self)
        let caller = Task {
            try await once.perform(key, scope: "pay") { _ in
                for await _ in left { break }
                return effects.count()
            }
        }
        await #expect(throws: CancellationError.self) { try await caller.value }
        leave.yield()
        #expect(await once.drain())
        #expect(effects.total == 1)
    }
}
