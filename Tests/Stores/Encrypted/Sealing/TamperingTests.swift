import Crypto
import Idempotency
import StoreTestParts
import Testing

@testable import IdempotencyEncrypted

@Suite("What somebody who can write to the store can do to an encrypted record")
struct TamperingTests {
    /// A change of one field of a stored record, or of another's.
    struct Change: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let change: @Sendable (inout RecordContent, RecordContent) -> Void

        init(_ name: String, _ change: @escaping @Sendable (inout RecordContent, RecordContent) -> Void) {
            testDescription = name
            self.change = change
        }
    }

    static let changes: [Change] = [
        Change("the outcome of another record") { mine, other in mine.outcome = other.outcome },
        Change("all content of another record") { mine, other in mine = other },
        Change("an outcome cut short") { mine, _ in
            mine.outcome = Outcome(.tombstone, (mine.outcome?.bytes ?? []).dropLast())
        },
        Change("an outcome of nothing") { mine, _ in mine.outcome = Outcome(.tombstone, []) },
        Change("an outcome in plain text") { mine, _ in mine.outcome = Outcome(.success, Array("forged".utf8)) },
        Change("content as outcome") { mine, _ in mine.outcome = Outcome(.tombstone, mine.checkpoint) },
        Change("no content") { mine, _ in mine.checkpoint = [] },
        Change("content cut short") { mine, _ in mine.checkpoint.removeLast() },
        Change("content with bytes behind it") { mine, _ in mine.checkpoint.append(0) },
        Change("another fingerprint") { mine, other in mine.fingerprint = other.fingerprint },
        Change("another scope") { mine, other in mine.label.scope = other.label.scope },
        Change("a scope that is no pseudonym") { mine, _ in mine.label.scope = "tenant-1" },
        Change("another key") { mine, other in mine.label.key = other.label.key },
        Change("an operation") { mine, _ in mine.label.operation = "GET /" },
        Change("another format") { mine, _ in mine.checkpoint[0] = 2 },
        Change("a record in plain text") { mine, _ in
            mine.fingerprint = .test(1)
            mine.outcome = Outcome(.success, Array("forged".utf8))
        },
    ]

    @Test("An altered record is an error that names it, and nobody may run", arguments: changes)
    func altered(change: Change) async throws {
        let bench = try Bench()
        try await bench.complete(1)
        try await bench.complete(2, label: Label(key: "other", scope: "tenant-2", operation: "POST /"))
        let stored = try await bench.raw(1)
        var content = RecordContent(of: stored)
        change.change(&content, RecordContent(of: try await bench.raw(2)))
        try await bench.plant(stored.holding(content), 1)
        await #expect { try await bench.claim(1, owner: 9) } throws: { error in
            let error = error as? StoreError
            return error?.code == .corrupt && error?.effect == .notApplied
                && error?.message.contains("\(RecordID.test(1))") == true
        }
        // The untouched one is still answered.
        #expect(try await bench.claim(2, owner: 9).refusing.outcome?.bytes == Array("the answer".utf8))
    }

    @Test("Every single bit of what is stored counts")
    func bits() async throws {
        let bench = try Bench()
        try await bench.complete(1)
        let stored = try await bench.raw(1)
        let good = RecordContent(of: stored)
        for byte in 0..<(good.outcome?.bytes.count ?? 0) {
            var content = good
            var bytes = good.outcome?.bytes ?? []
            bytes[byte] ^= 1 << UInt8(byte % 8)
            content.outcome = Outcome(.tombstone, bytes)
            try await bench.plant(stored.holding(content), 1)
            await #expect(throws: StoreError.self, "byte \(byte) of the outcome") { try await bench.claim(1, owner: 9) }
        }
        for byte in good.checkpoint.indices {
            var content = good
            content.checkpoint[byte] ^= 1 << UInt8(byte % 8)
            try await bench.plant(stored.holding(content), 1)
            await #expect(throws: StoreError.self, "byte \(byte) of the content") { try await bench.claim(1, owner: 9) }
        }
        try await bench.plant(stored, 1)
        #expect(try await bench.claim(1, owner: 9).refusing.outcome?.bytes == Array("the answer".utf8))
    }

    @Test("A completed record that is turned back into a lapsed attempt is not run again")
    func turnedBack() async throws {
        let bench = try Bench()
        let completed = try await bench.complete(1)
        let content = RecordContent(of: try await bench.raw(1))
        // The row is written over as a running one whose lease is over.
        _ = try await bench.base.exchange(Exchange(.test(2), expecting: .vacant, next: nil))
        let forged = Record(
            fingerprint: content.fingerprint, owner: completed.owner, fence: completed.fence,
            attempt: completed.attempt, renewals: completed.renewals, created: completed.created,
            state: .running(leaseEnd: Timestamp(microseconds: 0)), checkpoint: content.checkpoint,
            label: content.label)
        let sealer = Sealer(chain: Keychain(bench.keys))
        #expect(throws: StoreError.self) { try sealer.open(forged, of: .test(1)) }
        // And the other way round: the state counts, not only that there is one.
        let doubtful = Record(
            fingerprint: content.fingerprint, owner: completed.owner, fence: completed.fence,
            attempt: completed.attempt, renewals: completed.renewals, created: completed.created,
            state: .inDoubt(.unknownEnd, since: completed.created), checkpoint: content.checkpoint,
            label: content.label)
        #expect(throws: StoreError.self) { try sealer.open(doubtful, of: .test(1)) }
    }

    @Test("A key with the right id and the wrong secret reads nothing, and runs nothing")
    func wrongKey() async throws {
        let bench = try Bench()
        try await bench.complete(1)
        let other = EncryptedStore(bench.base, keys: try EncryptionKeys(generating: "first"))
        await #expect(throws: StoreError.self) { try await bench.claim(1, owner: 9, in: other) }
    }

    @Test("A key that is missing is named, and so is the record")
    func missingKey() async throws {
        var bench = try Bench()
        try await bench.complete(1)
        try bench.change { keys in
            try keys.generate("second")
            try keys.remove("first")
        }
        await #expect { try await bench.claim(1, owner: 9) } throws: { error in
            let text = "\(error)"
            return text.contains("\"first\"") && text.contains("\(RecordID.test(1))") && text.contains("second")
        }
    }

    @Test("A program without the keys runs nothing, and takes no ciphertext for an answer")
    func withoutKeys() async throws {
        let bench = try Bench()
        try await bench.complete(1)
        let (record, now) = try await bench.base.record(.test(1))
        let decision = Decision(on: record, at: now, fingerprint: .test(1), interrupted: .rerun)
        #expect(decision == .mismatch)
        #expect(record?.outcome?.kind == .tombstone)
    }
}
