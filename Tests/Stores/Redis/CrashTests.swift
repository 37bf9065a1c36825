import Idempotency
import RedisTestParts
import StoreTestParts
import Synchronization
import Testing

@testable import IdempotencyRedis

/// The server is killed under load, again and again; what it acknowledged with `appendfsync always` is there.
@Suite struct CrashTests {
    /// What the callers were told.
    private final class Ledger: Sendable {
        let claimed = Mutex<Set<Int>>([])
        let completed = Mutex<Set<Int>>([])
    }

    @Test("What a killed server has acknowledged is there, round after round")
    func kills() async throws {
        let server = try await RedisServer.start(.everyWrite)
        let store = try await server.open { $0.quarantine = .seconds(3600) }
        let ledger = Ledger()
        for round in 0..<3 {
            try await withThrowingTaskGroup(of: Void.self) { group in
                for caller in 0..<16 {
                    group.addTask { await load(store, from: round * 1_000_000 + caller, step: 16, ledger) }
                }
                try await Task.sleep(for: .milliseconds(400))
                server.crash()
                try await group.waitForAll()
            }
            try await server.launch()
            try await store.waitUntilAnswered()
        }
        #expect(store.statistics.losses == 0)
        let (claimed, completed) = (ledger.claimed.withLock { $0 }, ledger.completed.withLock { $0 })
        #expect(completed.count > 50)
        for number in claimed {
            let (record, now) = try await store.record(.test(number))
            #expect(record != nil, "key \(number)")
            if completed.contains(number) { #expect(record?.queryState(at: now) == .completed, "key \(number)") }
        }
        await store.close()
    }

    /// Executes keys until an exchange fails.
    private func load(_ store: RedisStore, from first: Int, step: Int, _ ledger: Ledger) async {
        var number = first
        do {
            while true {
                let claim = try await store.exchange(.claim(.test(number), .test(number)))
                ledger.claimed.withLock { _ = $0.insert(number) }
                guard claim.isStored, let record = claim.record else { return }
                _ = try await store.exchange(.complete(.test(number), record))
                ledger.completed.withLock { _ = $0.insert(number) }
                number += step
            }
        } catch {}
    }
}
