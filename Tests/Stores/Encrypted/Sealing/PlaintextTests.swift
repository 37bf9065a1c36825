import Idempotency
import IdempotencySQLite
import StoreTestParts
import Testing

@testable import IdempotencyEncrypted

@Suite("What can be read without the keys")
struct PlaintextTests {
    private static let secrets = ["4000-0012-3456-7899", "order-of-alice", "alice@example.com", "POST /refunds/4711"]

    @Test("The files of a database hold no outcome, key, scope, operation, checkpoint or fingerprint in plain text")
    func files() async throws {
        let directory = try TestDirectory()
        let base = try await SQLiteStore.open(directory.file(), logger: silent)
        let store = EncryptedStore(base, keys: try EncryptionKeys(generating: "first"))
        let label = Label(key: Self.secrets[1], scope: Self.secrets[2], operation: Self.secrets[3])
        let fingerprint = Fingerprint(of: Array("{\"card\":\"\(Self.secrets[0])\"}".utf8))
        let draft = Draft(claiming: fingerprint, owner: .test(1), lease: .seconds(30), label: label)
        var record = try await store.exchange(Exchange(.test(1), expecting: .vacant, next: draft)).stored
        record.checkpoint = Array("charged \(Self.secrets[0])".utf8)
        let renewal = Draft(record, state: .running(lease: .seconds(30)))
        record = try await store.exchange(Exchange(.test(1), expecting: .running(.test(1)), next: renewal)).stored
        try search(directory, fingerprint, while: "running")
        let answer = Array("{\"card\":\"\(Self.secrets[0])\"}".utf8)
        _ = try await store.exchange(.complete(.test(1), record, answer)).stored
        try search(directory, fingerprint, while: "completed")
        await base.close()
        try search(directory, fingerprint, while: "closed")

        // The search finds what is there in plain text.
        let plain = try await SQLiteStore.open(directory.file(), logger: silent)
        _ = try await plain.exchange(Exchange(.test(2), expecting: .vacant, next: draft)).stored
        #expect(throws: Found.self) { try search(directory, fingerprint, while: "not encrypted") }
        await plain.close()
    }

    struct Found: Error {
        let text: String
        let state: String
    }

    private func search(_ directory: TestDirectory, _ fingerprint: Fingerprint, while state: String) throws {
        let names = ["once.db", "once.db-wal"]
        let contents = names.flatMap { directory.bytes(of: $0) }
        #expect(!contents.isEmpty)
        let needles = Self.secrets.map { Array($0.utf8) } + [fingerprint.digest.bytes]
        for needle in needles where contents.firstRange(of: needle) != nil {
            throw Found(text: String(decoding: needle, as: UTF8.self), state: state)
        }
    }

    @Test("The same request under two keys, and the same answer, look different")
    func unlinkable() async throws {
        let bench = try Bench()
        try await bench.complete(1)
        try await bench.complete(2)
        let (first, second) = (try await bench.raw(1), try await bench.raw(2))
        #expect(first.fingerprint != second.fingerprint)
        #expect(first.outcome != second.outcome)
        #expect(first.fingerprint.digest != Fingerprint.test(1).digest)
        // Records of one scope or one key can be found together: that is what listings and quotas need.
        #expect(first.label == second.label)
        #expect(first.label.scope != Bench.label.scope && first.label.key != Bench.label.key)
    }

    @Test("A record from before encryption is refused, unless it is to be accepted")
    func before() async throws {
        var bench = try Bench()
        try await bench.complete(1, in: bench.base)
        await #expect { try await bench.claim(1, owner: 9) } throws: { error in
            "\(error)".contains("\(RecordID.test(1)) is not encrypted") && "\(error)".contains("\"accept\"")
        }
        try bench.change { $0.plaintext = .accept }
        #expect(try await bench.claim(1, owner: 9).refusing.outcome?.bytes == Array("the answer".utf8))
    }

    @Test("An attempt from before encryption is completed encrypted")
    func attemptBefore() async throws {
        var bench = try Bench()
        try bench.change { $0.plaintext = .accept }
        let record = try await bench.claim(1, owner: 1, in: bench.base).stored
        try await bench.complete(record, 1, [7, 7, 7])
        #expect(Sealer.keyID(of: try await bench.raw(1)) == "first")
        #expect(try await bench.claim(1, owner: 9).refusing.outcome?.bytes == [7, 7, 7])
    }
}
