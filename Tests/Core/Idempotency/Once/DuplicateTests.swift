import Idempotency
import Testing

@Suite("Duplicates within one process", .timeLimit(.minutes(1))) struct DuplicateTests {
    private let store = MemoryStore()
    private let effects = Counter()
    private let key: IdempotencyKey

    init() throws { key = try IdempotencyKey("order-1") }

    private func once(_ distance: Distance, wait: Duration = .zero) -> Once {
        var configuration = Once.Configuration()
        configuration.wait = wait
        return Once(store: distance.store(store), interrupted: .hold, configuration: configuration)
    }

    /// Does `body` while an operation is running.
    private func whileRunning(_ once: Once, _ body: () async throws -> Void) async throws {
        let (started, begin) = AsyncStream.makeStream(of: Void.self)
        let (end, finish) = AsyncStream.makeStream(of: Void.self)
        let first = Task {
            try await once.perform(key, scope: "pay", request: 1) { _ in
                begin.yield()
                for await _ in end { break }
                return effects.count()
            }
        }
        for await _ in started { break }
        try await body()
        finish.yield()
        #expect(try await first.value == 1)
    }

    @Test("Another request is told of the mismatch, not that one is running", arguments: Distance.allCases)
    func mismatch(_ distance: Distance) async throws {
        let once = once(distance)
        try await whileRunning(once) {
            for (request, code) in [(2, OnceError.Code.mismatch), (1, .inProgress)] {
                let error = await #expect(throws: OnceError.self) {
                    _ = try await once.perform(key, scope: "pay", request: request) { _ in effects.count() }
                }
                #expect(error?.code == code)
            }
        }
        #expect(effects.total == 1)
    }

    @Test("One that waits for another process leaves at once when it is cancelled", arguments: Distance.allCases)
    func cancelled(_ distance: Distance) async throws {
        let other = once(distance, wait: .seconds(3600))
        try await whileRunning(once(distance)) {
            let duplicate = Task {
                try await other.perform(key, scope: "pay", request: 1) { _ in effects.count() }
            }
            while other.executionsUnderWay == 0 { try await Task.sleep(for: .milliseconds(1)) }
            duplicate.cancel()
            await #expect(throws: CancellationError.self) { try await duplicate.value }
        }
        #expect(other.executionsUnderWay == 0)
    }

    @Test("An outcome whose retention is over is not given from memory", arguments: Distance.allCases)
    func expired(_ distance: Distance) async throws {
        let once = once(distance)
        var options = PerformOptions.standard
        options.retention = .milliseconds(1)
        for round in 1...2 {
            let result = try await once.perform(key, scope: "pay", options: options) { _ in effects.count() }
            #expect(result == round)
            while once.executionsUnderWay > 0 { try await Task.sleep(for: .milliseconds(1)) }
            try await Task.sleep(for: .milliseconds(10))
        }
    }
}
