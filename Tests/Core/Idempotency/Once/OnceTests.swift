import Idempotency
import Synchronization
import Testing

struct Declined: StorableError, Equatable { var reason: String }
struct Crash: Error {}

final class Counter: Sendable {
    private let value = Mutex(0)
    func count() -> Int {
        value.withLock {
            $0 += 1; return $0
        }
    }
    var total: Int { value.withLock { $0 } }
}

@Suite("Once") struct OnceTests {
    let store = MemoryStore()
    let key: IdempotencyKey
    let effects = Counter()

    init() throws { key = try IdempotencyKey("order-1") }

    private func once(
        _ distance: Distance, _ interrupted: Interrupted = .hold,
        _ change: (inout Once.Configuration) -> Void = { _ in }
    ) -> Once {
        var configuration = Once.Configuration()
        configuration.storableErrors = [Declined.self]
        change(&configuration)
        return Once(store: distance.store(store), interrupted: interrupted, configuration: configuration)
    }

    @Test("performs an operation once and gives every retry the first result", arguments: Distance.allCases)
    func replay(_ distance: Distance) async throws {
        let once = once(distance)
        for round in 0..<3 {
            let report = try await once.report(key, scope: "pay", fingerprint: .none) { _ in
                "receipt \(effects.count())"
            }
            #expect(report.value == "receipt 1")
            #expect(report.isReplay == (round > 0))
        }
        #expect(effects.total == 1)
    }

    @Test("refuses another request under the same key and never runs it", arguments: Distance.allCases)
    func mismatch(_ distance: Distance) async throws {
        let once = once(distance)
        _ = try await once.perform(key, scope: "pay", request: ["amount": 1]) { _ in effects.count() }
        let error = await #expect(throws: OnceError.self) {
            _ = try await once.perform(key, scope: "pay", request: ["amount": 2]) { _ in effects.count() }
        }
        #expect(error?.code == .mismatch && error?.retry == .never)
        #expect(effects.total == 1)
    }

    @Test("keeps the same key apart in two scopes", arguments: Distance.allCases)
    func scopes(_ distance: Distance) async throws {
        let once = once(distance)
        let one = try await once.perform(key, scope: Scope("a", "pay")) { _ in effects.count() }
        let two = try await once.perform(key, scope: Scope("b", "pay")) { _ in effects.count() }
        #expect([one, two] == [1, 2])
    }

    @Test("A thousand callers of one key at once: one effect, nobody gets another answer", arguments: Distance.allCases)
    func stampede(_ distance: Distance) async throws {
        let once = once(distance) { $0.wait = .seconds(20) }
        let answers = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<1000 {
                group.addTask {
                    try await once.perform(key, scope: "pay") { _ in
                        try await Task.sleep(for: .milliseconds(20))
                        return effects.count()
                    }
                }
            }
            return try await group.reduce(into: Set()) { $0.insert($1) }
        }
        #expect(answers == [1])
        #expect(effects.total == 1)
    }

    @Test("stores a storable error and throws it again as itself", arguments: Distance.allCases)
    func storedError(_ distance: Distance) async throws {
        let once = once(distance)
        for _ in 0..<2 {
            await #expect(throws: Declined(reason: "no funds")) {
                _ = try await once.perform(key, scope: "pay") { _ -> Int in
                    _ = effects.count()
                    throw Declined(reason: "no funds")
                }
            }
        }
        #expect(effects.total == 1)
    }

    @Test("frees the key after an error that did nothing", arguments: Distance.allCases)
    func retryable(_ distance: Distance) async throws {
        let once = once(distance)
        await #expect(throws: Crash.self) {
            _ = try await once.perform(key, scope: "pay") { _ -> Int in throw Classified.retryable(Crash()) }
        }
        #expect(try await once.perform(key, scope: "pay") { _ in effects.count() } == 1)
    }

    @Test("holds an unclassified error in doubt, and runs again only where that is safe", arguments: Distance.allCases)
    func unclassified(_ distance: Distance) async throws {
        let error = await #expect(throws: OnceError.self) {
            _ = try await once(distance).perform(key, scope: "held") { _ -> Int in throw Crash() }
        }
        #expect(error?.code == .inDoubt && error?.cause is Crash)
        let again = await #expect(throws: OnceError.self) {
            _ = try await once(distance).perform(key, scope: "held") { _ in effects.count() }
        }
        #expect(again?.code == .inDoubt)
        await #expect(throws: Crash.self) {
            _ = try await once(distance, .rerun).perform(key, scope: "rerun") { _ -> Int in throw Crash() }
        }
        #expect(try await once(distance, .rerun).perform(key, scope: "rerun") { _ in effects.count() } == 1)
    }

    @Test("asks what became of an interrupted attempt", arguments: Distance.allCases)
    func reconcile(_ distance: Distance) async throws {
        let once = once(distance, .reconcile { _ in try .tookEffect(returning: 41) })
        await #expect(throws: Never.self) {
            let value = try await once.perform(key, scope: "pay") { _ -> Int in throw Crash() }
            #expect(value == 41)
        }
        #expect(try await once.perform(key, scope: "pay") { _ in effects.count() } == 41)
        #expect(effects.total == 0)
    }

    @Test("A caller that hangs up cancels nothing", arguments: Distance.allCases)
    func hangUp(_ distance: Distance) async throws {
        let once = once(distance) { $0.wait = .seconds(20) }
        let (started, begin) = AsyncStream.makeStream(of: Void.self)
        let (finish, go) = AsyncStream.makeStream(of: Void.self)
        let operation: @Sendable (Attempt) async throws -> Int = { _ in
            begin.yield()
            for await _ in finish { break }
            try Task.checkCancellation()
            return effects.count()
        }
        let caller = Task { try await once.perform(key, scope: "pay", operation: operation) }
        for await _ in started { break }
        caller.cancel()
        await #expect(throws: CancellationError.self) { try await caller.value }
        go.yield()
        #expect(try await once.perform(key, scope: "pay", operation: operation) == 1)
    }

    @Test("renews its lease while a slow operation runs, so that nobody takes over", arguments: Distance.allCases)
    func heartbeat(_ distance: Distance) async throws {
        let once = once(distance, .rerun) { $0.lease = .milliseconds(500) }
        let rival = self.once(distance, .rerun) { $0.lease = .milliseconds(500) }
        let slow = Task {
            try await once.perform(key, scope: "pay") { _ in
                try await Task.sleep(for: .milliseconds(1600))
                return effects.count()
            }
        }
        try await Task.sleep(for: .milliseconds(1300))
        let error = await #expect(throws: OnceError.self) {
            _ = try await rival.perform(key, scope: "pay") { _ in effects.count() }
        }
        #expect(error?.code == .inProgress)
        #expect(try await slow.value == 1)
    }

    @Test("hands a checkpoint to the attempt that comes after", arguments: Distance.allCases)
    func checkpoint(_ distance: Distance) async throws {
        let once = once(distance, .rerun)
        await #expect(throws: Crash.self) {
            _ = try await once.perform(key, scope: "pay") { attempt -> Int in
                #expect(attempt.checkpoint.isEmpty)
                try await attempt.save(checkpoint: [1])
                try await attempt.save(checkpoint: [1, 2])
                throw Crash()
            }
        }
        let seen = try await once.perform(key, scope: "pay") { attempt in
            #expect(attempt.number == 2)
            return attempt.checkpoint.map(Int.init)
        }
        #expect(seen == [1, 2])
    }

    @Test("derives the same key in every attempt, and another for every name", arguments: Distance.allCases)
    func derivedKeys(_ distance: Distance) async throws {
        let once = once(distance, .rerun)
        let keys = Mutex<[String]>([])
        for _ in 0..<2 {
            _ = try? await once.perform(key, scope: "pay") { attempt -> Int in
                keys.withLock { $0 += [attempt.derivedKey("bank"), attempt.derivedKey("mail")] }
                throw Crash()
            }
        }
        let all = keys.withLock { $0 }
        #expect(all.count == 4 && all[0] == all[2] && all[1] == all[3] && all[0] != all[1])
        #expect(all[0].count == 36 && Array(all[0])[14] == "8")
    }

    @Test("drains: refuses what is new and waits for what runs", arguments: Distance.allCases)
    func drain(_ distance: Distance) async throws {
        let once = once(distance)
        let (started, begin) = AsyncStream.makeStream(of: Void.self)
        let running = Task {
            try await once.perform(key, scope: "pay") { _ in
                begin.yield()
                try await Task.sleep(for: .milliseconds(50))
                return effects.count()
            }
        }
        for await _ in started { break }
        #expect(await once.drain())
        #expect(try await running.value == 1)
        let error = await #expect(throws: OnceError.self) {
            _ = try await once.perform(key, scope: "late") { _ in effects.count() }
        }
        #expect(error?.code == .shuttingDown)
    }

    @Test("A duplicate in another process is woken by the store", arguments: Distance.allCases)
    func wakesAcrossInstances(_ distance: Distance) async throws {
        let (one, two) = (once(distance), once(distance) { $0.wait = .seconds(20) })
        let (started, begin) = AsyncStream.makeStream(of: Void.self)
        let first = Task {
            try await one.perform(key, scope: "pay") { _ in
                begin.yield()
                try await Task.sleep(for: .milliseconds(30))
                return effects.count()
            }
        }
        for await _ in started { break }
        #expect(try await two.perform(key, scope: "pay") { _ in effects.count() } == 1)
        #expect(try await first.value == 1)
    }

    @Test("A reconciliation that throws is asked again by the next caller", arguments: Distance.allCases)
    func reconcileAgain(_ distance: Distance) async throws {
        let tries = Counter()
        let once = once(
            distance,
            .reconcile { _ in
                guard tries.count() > 1 else { throw Crash() }
                return try .tookEffect(returning: 7)
            })
        let doubt = await #expect(throws: OnceError.self) {
            _ = try await once.perform(key, scope: "pay") { _ -> Int in throw Crash() }
        }
        #expect(doubt?.code == .inDoubt)
        #expect(try await once.perform(key, scope: "pay") { _ in effects.count() } == 7)
        #expect(effects.total == 0)
    }
}
