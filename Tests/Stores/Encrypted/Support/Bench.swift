import Idempotency
import IdempotencyTestKit
import StoreTestParts

@testable import IdempotencyEncrypted

/// A store in memory, encrypted and not, on a clock that is moved by hand.
struct Bench {
    let clock = ManualClock()
    let base: MemoryStore
    var store: EncryptedStore<MemoryStore>
    var keys: EncryptionKeys

    static let label = Label(key: "order-4711", scope: "tenant-1", operation: "POST /payments")

    init(_ keys: EncryptionKeys? = nil) throws {
        base = MemoryStore(clock: clock)
        self.keys = try keys ?? EncryptionKeys(generating: "first")
        store = EncryptedStore(base, keys: self.keys)
    }

    /// Changes the keys in use.
    mutating func change(_ body: (inout EncryptionKeys) throws -> Void) throws {
        try body(&keys)
        try store.use(keys)
    }

    /// What a retry of request `number` under a key does: the answer of the store.
    @discardableResult
    func claim(
        _ number: Int, owner: Int, asking fingerprint: Int = 1, label: Label = label, in other: (any RecordStore)? = nil
    ) async throws -> ExchangeReply {
        let draft = Draft(
            claiming: .test(fingerprint), owner: .test(owner), lease: .seconds(30), label: label)
        return try await (other ?? store).exchange(Exchange(.test(number), expecting: .vacant, next: draft))
    }

    /// Claims and completes a key.
    @discardableResult
    func complete(
        _ number: Int, _ bytes: [UInt8] = Array("the answer".utf8), label: Label = label,
        in other: (any RecordStore)? = nil
    ) async throws -> Record {
        let claimed = try await claim(number, owner: number, label: label, in: other).stored
        return try await complete(claimed, number, bytes, in: other)
    }

    /// Completes what was claimed.
    @discardableResult
    func complete(
        _ record: Record, _ number: Int, _ bytes: [UInt8], in other: (any RecordStore)? = nil
    ) async throws -> Record {
        try await (other ?? store).exchange(.complete(.test(number), record, bytes)).stored
    }

    /// The record as it lies in the store.
    func raw(_ number: Int) async throws -> Record {
        guard let record = try await base.record(.test(number)).record else { throw Missing() }
        return record
    }

    /// Puts a record into the store as somebody would who can write to it.
    func plant(_ record: Record, _ number: Int) async throws {
        guard let there = try await base.record(.test(number)).record else { throw Missing() }
        _ = try await base.rewrite(.test(number), seen: there, as: RecordContent(of: record))
    }
}

struct Missing: Error {}

extension ExchangeReply {
    /// The record that was written.
    var stored: Record {
        get throws {
            guard case .stored(let record?, _) = self else { throw Missing() }
            return record
        }
    }

    /// The record that was there instead.
    var refusing: Record {
        get throws {
            guard case .conflict(let record?, _) = self else { throw Missing() }
            return record
        }
    }
}

extension Record {
    /// The outcome, if it is completed.
    var outcome: Outcome? {
        if case .completed(let outcome, _, _) = state { outcome } else { nil }
    }
}
