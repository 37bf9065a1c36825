import Crypto
import Idempotency
import IdempotencyTestKit
import StoreTestParts
import Testing

@testable import IdempotencyEncrypted

@Suite("Shredding a scope")
struct ShreddingTests {
    private static let other = Label(key: "k", scope: "tenant-2", operation: "POST /")

    @Test("Its outcomes are gone, its keys still run nothing, and a retry is told that the answer was erased")
    func erased() async throws {
        var bench = try Bench()
        try await bench.complete(1)
        try await bench.complete(2, label: Self.other)
        try bench.change { keys in
            let isChanged = keys.shred(scope: "tenant-1")
            #expect(isChanged)
        }
        let found = try await bench.claim(1, owner: 9)
        #expect(try found.refusing.outcome == .erased)
        #expect(
            Decision(on: found.record, at: found.now, fingerprint: .test(1), interrupted: .rerun)
                == .replay(.erased))
        #expect(
            try await bench.claim(2, owner: 9, label: Self.other).refusing.outcome?.bytes == Array("the answer".utf8))
    }

    @Test("Another request under such a key is still told so, and not that it took effect")
    func mismatch() async throws {
        var bench = try Bench()
        try await bench.complete(1)
        try bench.change { _ = $0.shred(scope: "tenant-1") }
        let found = try await bench.claim(1, owner: 9, asking: 2)
        #expect(Decision(on: found.record, at: found.now, fingerprint: .test(2), interrupted: .rerun) == .mismatch)
    }

    @Test("A fingerprint of another algorithm is another request there too")
    func otherAlgorithm() async throws {
        var bench = try Bench()
        try await bench.complete(1)
        try bench.change { _ = $0.shred(scope: "tenant-1") }
        let asked = Fingerprint(algorithm: 9, digest: Fingerprint.test(1).digest)
        let draft = Draft(claiming: asked, owner: .test(9), lease: .seconds(30), label: Bench.label)
        let found = try await bench.store.exchange(Exchange(.test(1), expecting: .vacant, next: draft))
        #expect(Decision(on: found.record, at: found.now, fingerprint: asked, interrupted: .rerun) == .mismatch)
    }

    @Test("Nobody with the database and the remaining keys can derive the key of a record")
    func keysAreGone() async throws {
        var bench = try Bench()
        try await bench.complete(1)
        let before = try #require(bench.keys["first"])
        let scope = ScopeName("tenant-1", names: bench.keys.names)
        let lost = try #require(before.key(of: scope)).bytes
        try bench.change { _ = $0.shred(scope: "tenant-1") }
        // What is in the file now: neither the secret of the key nor any node on the way to the scope.
        let file = try EncryptionKeys(json: bench.keys.json)
        let after = try #require(file["first"])
        #expect(after.key(of: scope) == nil)
        let kept = Set(after.scopes.secrets.values.map(\.bytes) + [after.fingerprints.key.bytes, file.names.key.bytes])
        for depth in 0...ScopeTree.depth {
            #expect(!kept.contains(before.scopes.node(towards: scope.leaf, depth: depth).bytes))
        }
        #expect(!kept.contains(lost) && !kept.contains(before.secret?.bytes ?? []))
    }

    @Test("It holds for all keys of the ring, and after they were written and read back")
    func allKeys() async throws {
        var bench = try Bench()
        try await bench.complete(1)
        try bench.change { try $0.generate("second") }
        try await bench.complete(2)
        try bench.change { _ = $0.shred(scope: "tenant-1") }
        let read = EncryptedStore(bench.base, keys: try EncryptionKeys(json: bench.keys.json))
        for number in 1...2 {
            #expect(try await bench.claim(number, owner: 9, in: read).refusing.outcome == .erased)
        }
    }

    @Test("Nothing new is written in it until there is a new key; then it goes on, and the old stays erased")
    func goesOn() async throws {
        var bench = try Bench()
        try await bench.complete(1)
        try bench.change { _ = $0.shred(scope: "tenant-1") }
        await #expect {
            try await bench.claim(2, owner: 2)
        } throws: { error in
            (error as? StoreError)?.code == .misuse && "\(error)".contains("shredded")
        }
        #expect(try await bench.base.record(.test(2)).record == nil)
        try bench.change { try $0.generate("second") }
        try await bench.complete(2)
        #expect(try await bench.claim(2, owner: 9).refusing.outcome?.bytes == Array("the answer".utf8))
        #expect(try await bench.claim(1, owner: 9).refusing.outcome == .erased)
    }

    @Test("An attempt under way cannot record its end any more; it is in doubt when its lease is over, never run again")
    func attempts() async throws {
        var bench = try Bench()
        let running = try await bench.claim(1, owner: 1).stored
        try bench.change { _ = $0.shred(scope: "tenant-1") }
        await #expect(throws: StoreError.self) { try await bench.complete(running, 1, [1]) }
        let waiting = try await bench.claim(1, owner: 9)
        #expect(
            Decision(on: waiting.record, at: waiting.now, fingerprint: .test(1), interrupted: .rerun)
                == .inProgress(remaining: .seconds(30)))
        // A new key would let it be taken over: it must not be, for the checkpoint is gone.
        try bench.change { try $0.generate("second") }
        bench.clock.advance(by: .seconds(31))
        let over = try await bench.claim(1, owner: 9)
        #expect(!over.isStored)
        #expect(
            Decision(on: over.record, at: over.now, fingerprint: .test(1), interrupted: .rerun)
                == .inDoubt(.leaseLapsed))
        guard case .inDoubt = try await bench.raw(1).state else {
            Issue.record("the doubt was not written down")
            return
        }
        let submitted = await withCheckedContinuation { continuation in
            let draft = Draft(claiming: .test(1), owner: .test(10), lease: .seconds(30), label: Bench.label)
            bench.store.submit(Exchange(.test(1), expecting: .vacant, next: draft)) {
                continuation.resume(returning: $0)
            }
        }
        #expect(try submitted.get().refusing.owner == .test(1))
    }

    @Test("The doubt about a lapsed attempt is written down for those who call back as well")
    func submitted() async throws {
        var bench = try Bench()
        try await bench.claim(1, owner: 1)
        try bench.change { _ = $0.shred(scope: "tenant-1") }
        try bench.change { try $0.generate("second") }
        bench.clock.advance(by: .seconds(31))
        let draft = Draft(claiming: .test(1), owner: .test(10), lease: .seconds(30), label: Bench.label)
        let exchange = Exchange(.test(1), expecting: .vacant, next: draft)
        #expect(bench.store.replyAtOnce(to: exchange) == nil)
        let reply = try await withCheckedContinuation { continuation in
            bench.store.submit(exchange) { continuation.resume(returning: $0) }
        }.get()
        #expect(!reply.isStored)
        #expect(
            Decision(on: reply.record, at: reply.now, fingerprint: .test(1), interrupted: .rerun)
                == .inDoubt(.leaseLapsed))
    }

    @Test("Operators see what is left of a record, and can release a doubt but give it no outcome")
    func operators() async throws {
        var bench = try Bench()
        let record = try await bench.claim(1, owner: 1).stored
        let doubt = Draft(record, state: .inDoubt(.unknownEnd))
        _ = try await bench.store.exchange(Exchange(.test(1), expecting: .running(.test(1)), next: doubt))
        try bench.change { _ = $0.shred(scope: "tenant-1") }
        let page = try await bench.store.records(RecordQuery(key: Bench.label.key))
        let shown = try #require(page.entries.first?.record)
        #expect(shown.label.operation == "(shredded)" && shown.label.key.isEmpty)
        let given = Draft(shown, state: .completed(Outcome(.success, [1]), retention: .seconds(60)))
        await #expect(throws: StoreError.self) {
            try await bench.store.exchange(Exchange(.test(1), expecting: .inDoubt(.test(1)), next: given))
        }
        let released = try await bench.store.exchange(Exchange(.test(1), expecting: .inDoubt(.test(1)), next: nil))
        #expect(released.isStored)
    }
}

extension ScopeTree {
    /// The secret of any node on the way to a leaf, from the root of a whole tree.
    fileprivate func node(towards leaf: UInt64, depth: Int) -> SymmetricKey {
        var secret = secrets.values.first ?? SymmetricKey(size: .bits256)
        for step in 0..<depth {
            let isRight = (leaf >> UInt64(ScopeTree.depth - 1 - step)) & 1 == 1
            secret = secret.expanded(for: isRight ? "once scope right" : "once scope left")
        }
        return secret
    }
}
