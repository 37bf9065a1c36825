import Idempotency

/// Completed keys that fill a store: numbered, so that any of them can be asked for again.
struct StoredKeys {
    let count: Int

    private static let scope: Scope = "stored"
    private static let outcome = Outcome(.success, Array(repeating: 0x78, count: 200))

    /// Claims and completes all of them, as fast as the store takes them.
    func fill(_ store: any RecordStore) async throws {
        let callers = 256
        try await withThrowingTaskGroup { group in
            for caller in 0..<callers {
                group.addTask {
                    for number in stride(from: caller, to: count, by: callers) { try await Self.put(number, in: store) }
                }
            }
            try await group.waitForAll()
        }
    }

    /// Asks for one of them, far from the one that was asked for before.
    func replay(scattered number: Int, in store: any RecordStore) async throws {
        // A multiplicative hash: consecutive numbers land all over the store.
        let scattered = Int(UInt64(truncatingIfNeeded: number) &* 0x9E37_79B9_7F4A_7C15 >> 33) % count
        let reply = try await store.exchange(try Self.claim(scattered))
        guard case .conflict(let record?, _) = reply, case .completed = record.state else {
            throw BenchmarkError("stored key \(scattered) is not there")
        }
    }

    private static func claim(_ number: Int) throws -> Exchange {
        let key = try IdempotencyKey("stored-\(number)")
        var random = SystemRandomNumberGenerator()
        let draft = Draft(
            claiming: .none, owner: .random(using: &random), lease: .seconds(30),
            label: Label(key: key.string, scope: "stored", operation: "POST /payments"))
        return Exchange(RecordID(scope: scope, key: key), expecting: .vacant, next: draft)
    }

    private static func put(_ number: Int, in store: any RecordStore) async throws {
        let claim = try claim(number)
        guard case .stored(let record?, _) = try await store.exchange(claim) else {
            throw BenchmarkError("stored key \(number) is there already")
        }
        let completed = Draft(record, state: .completed(outcome, retention: .seconds(86_400)))
        _ = try await store.exchange(Exchange(claim.id, expecting: .running(record.owner), next: completed))
    }
}
