import Idempotency
import IdempotencyAdmin
import Synchronization

/// An audit log in memory that can be told to fail.
final class MemoryAuditLog: AuditLog {
    struct Full: Error {}

    private let entries = Mutex<[AuditEntry]>([])
    /// How many lines it takes before it fails.
    private let capacity: Int

    init(capacity: Int = .max) {
        self.capacity = capacity
    }

    var lines: [AuditEntry] { entries.withLock { $0 } }

    func append(_ entry: AuditEntry) async throws {
        try entries.withLock { entries in
            guard entries.count < capacity else { throw Full() }
            entries.append(entry)
        }
    }
}

/// A clock that stands still until it is moved.
final class HandClock: StoreClock {
    private let time = Mutex(Timestamp(microseconds: 1_700_000_000_000_000))

    var now: Timestamp { time.withLock { $0 } }

    func advance(by duration: Duration) {
        time.withLock { $0 = $0 + duration }
    }
}

/// A store with an audit log beside it, and what an operator can do with both.
struct Desk {
    let clock = HandClock()
    let store: MemoryStore
    let audit: MemoryAuditLog
    let operations: KeyOperations

    init(auditCapacity: Int = .max) {
        store = MemoryStore(clock: clock)
        audit = MemoryAuditLog(capacity: auditCapacity)
        operations = KeyOperations(store: store, audit: audit, clock: clock)
    }

    /// The record id of a key of this desk.
    func id(_ key: String, scope: Scope = "tenant") throws -> RecordID {
        RecordID(scope: scope, key: try IdempotencyKey(key))
    }

    /// Claims a key and leaves the attempt running for 30 s.
    @discardableResult
    func claim(_ key: String, scope: Scope = "tenant") async throws -> Record {
        let id = try id(key, scope: scope)
        let label = Label(key: key, scope: scope.name, operation: "POST /payments")
        let owner = Owner(high: 1, low: UInt64(key.utf8.count))
        let draft = Draft(claiming: Fingerprint(of: [1]), owner: owner, lease: .seconds(30), label: label)
        return try await store.exchange(Exchange(id, expecting: .vacant, next: draft)).record.orFail()
    }

    /// Claims a key and leaves it in doubt.
    @discardableResult
    func doubt(_ key: String, scope: Scope = "tenant") async throws -> Record {
        let record = try await claim(key, scope: scope)
        let draft = Draft(record, state: .inDoubt(.unknownEnd))
        let exchange = Exchange(try id(key, scope: scope), expecting: .running(record.owner), next: draft)
        return try await store.exchange(exchange).record.orFail()
    }
}

struct NoRecord: Error {}

extension Record? {
    func orFail() throws -> Record {
        guard let self else { throw NoRecord() }
        return self
    }
}
