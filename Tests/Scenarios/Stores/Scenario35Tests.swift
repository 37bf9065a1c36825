import Idempotency
import Logging
import Synchronization
import Testing

/// Nothing detects an embedded store or a database that was taken back to an older copy (docs/OPERATING.md, Backup).
/// This is what is promised then all the same.
@Suite("A store that was restored from a copy") struct Scenario35Tests {
    /// Counts what runs.
    private final class Runs: Sendable {
        private let keys = Mutex<[String: Int]>([:])

        func note(_ key: String) -> Int { keys.withLock { $0.increment(key) } }
        func count(_ key: String) -> Int { keys.withLock { $0[key, default: 0] } }
    }

    private let runs = Runs()

    private func run(
        _ key: String, on once: Once, _ body: @escaping @Sendable () async throws -> Void = {}
    ) async throws -> Int {
        try await once.perform(IdempotencyKey(key), scope: "scenario") { [runs] _ in
            let number = runs.note(key)
            try await body()
            return number
        }
    }

    @Test(
        "Scenario 35: an attempt under way cannot complete in the older copy, which shows whole records only",
        arguments: RestorablePlace.Kind.allCases)
    func restored(kind: RestorablePlace.Kind) async throws {
        try await RestorablePlace.use(kind) { place in
            let store = try await RestorableStore(place)
            let once = Once(store: store, interrupted: .hold)
            #expect(try await run("kept", on: once) == 1)
            let open = RecordID(scope: "scenario", key: try IdempotencyKey("open"))
            let claim = Draft(
                claiming: .none, owner: Owner(high: 1, low: 2), lease: .milliseconds(1), label: Label(key: "open"))
            guard case .stored = try await store.exchange(Exchange(open, expecting: .vacant, next: claim)) else {
                Issue.record("a fresh key was not claimed")
                return
            }
            let copied = try await store.records()
            try await store.copy()

            #expect(try await run("forgotten", on: once) == 1)
            let late = await #expect(throws: OnceError.self) {
                _ = try await run("under way", on: once) { try await store.restore() }
            }
            #expect(late?.code == .superseded, "its record is gone, and what it did is not told as recorded")
            #expect(runs.count("under way") == 1)

            // All records are those of the copy, whole; what was under way in it is not run again.
            #expect(try await store.records() == copied)
            #expect(try await run("kept", on: once) == 1)
            let doubt = await #expect(throws: OnceError.self) { _ = try await run("open", on: once) }
            #expect(doubt?.code == .inDoubt)
            #expect(runs.count("open") == 0)
            await store.close()
        }
    }

    @Test(
        "Scenario 35: keys claimed after the copy would run again; a store that takes no new keys holds them back",
        arguments: RestorablePlace.Kind.allCases)
    func forgotten(kind: RestorablePlace.Kind) async throws {
        try await RestorablePlace.use(kind) { place in
            let store = try await RestorableStore(place)
            let once = Once(store: store, interrupted: .hold)
            #expect(try await run("kept", on: once) == 1)
            try await store.copy()
            #expect(try await run("forgotten", on: once) == 1)
            try await store.restore()

            var configuration = Once.Configuration()
            configuration.quota = Quota(
                QuotaLimits(bytesInAll: 0), of: store, retention: .seconds(60), logger: .silent)
            let careful = Once(store: store, interrupted: .hold, configuration: configuration)
            let refusal = await #expect(throws: OnceError.self) { _ = try await run("forgotten", on: careful) }
            #expect(refusal?.code == .overQuota && refusal?.retry == .sameKeyLater)
            #expect(try await run("kept", on: careful) == 1)
            #expect(runs.count("forgotten") == 1)
            // Without that care it is as if the key had never been there.
            #expect(try await run("forgotten", on: once) == 2)
            await store.close()
        }
    }
}

extension [String: Int] {
    /// Counts one more of a kind; how many there are now.
    fileprivate mutating func increment(_ key: String) -> Int {
        self[key, default: 0] += 1
        return self[key, default: 0]
    }
}
