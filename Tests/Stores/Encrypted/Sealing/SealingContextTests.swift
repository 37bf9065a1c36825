import Crypto
import Idempotency
import StoreTestParts
import Testing

@testable import IdempotencyEncrypted

@Suite("What an encrypted part is bound to")
struct SealingContextTests {
    /// A record, and where it stands.
    private struct Place {
        var id = RecordID.test(1)
        var owner = Owner(high: 1, low: 2)
        var attempt: UInt32 = 1
        var renewals: UInt32 = 0
        var state = Draft.State.inDoubt(.unknownEnd)
        var part = SealingContext.Part.content
        var key = "first"
        var fingerprint = Fingerprint.test(1)
        var label = Label(key: "k", scope: "s", operation: "o")

        var data: [UInt8] {
            var draft = Draft(claiming: fingerprint, owner: owner, lease: .seconds(1), label: label)
            draft.attempt = attempt
            draft.renewals = renewals
            draft.state = state
            return SealingContext(draft, of: id).data(part, key: key, fingerprint: fingerprint, label: label)
        }
    }

    @Test("Every part of its place counts, and none can take the bytes of its neighbour")
    func everything() {
        let changes: [(inout Place) -> Void] = [
            { $0.id = .test(2) }, { $0.owner = Owner(high: 3, low: 2) }, { $0.owner = Owner(high: 1, low: 3) },
            { $0.attempt = 2 }, { $0.renewals = 1 }, { $0.state = .inDoubt(.leaseLapsed) },
            { $0.state = .running(lease: .seconds(1)) },
            { $0.state = .completed(Outcome(.success, []), retention: .seconds(1)) }, { $0.part = .outcome },
            { $0.key = "second" }, { $0.fingerprint = .test(2) },
            { $0.fingerprint = Fingerprint(algorithm: 9, digest: $0.fingerprint.digest) },
            { $0.label.key = "l" }, { $0.label.scope = "t" }, { $0.label.operation = "p" },
            { $0.label = Label(key: "ks", scope: "", operation: "o") },
            { $0.label = Label(key: "k", scope: "so", operation: "") },
        ]
        let all = changes.map { change in
            var place = Place()
            change(&place)
            return place.data
        }
        #expect(Set(all + [Place().data]).count == changes.count + 1)
    }

    @Test("Whose attempt it was, which one, how often it was renewed and why it is in doubt cannot be changed")
    func attempts() async throws {
        let bench = try Bench()
        let claimed = try await bench.claim(1, owner: 1).stored
        let doubt = Draft(claimed, state: .inDoubt(.unknownEnd))
        _ = try await bench.store.exchange(Exchange(.test(1), expecting: .running(.test(1)), next: doubt))
        let stored = try await bench.raw(1)
        let sealer = Sealer(chain: Keychain(bench.keys))
        _ = try sealer.open(stored, of: .test(1))
        let changes: [(inout Record) -> Void] = [
            { $0.owner = .test(9) }, { $0.attempt += 1 }, { $0.renewals += 1 },
            { $0.state = .inDoubt(.leaseLapsed, since: $0.created) },
        ]
        for (number, change) in changes.enumerated() {
            var forged = stored
            change(&forged)
            #expect(throws: StoreError.self, "change \(number)") { try sealer.open(forged, of: .test(1)) }
        }
    }

    @Test("Nothing is ever sealed twice under one nonce: not two parts, not the same record again")
    func nonces() async throws {
        let bench = try Bench()
        let record = try await bench.complete(1)
        let sealer = Sealer(chain: Keychain(bench.keys))
        var nonces: [[UInt8]] = []
        for _ in 0..<64 {
            let content = try sealer.seal(record, of: .test(1))
            for bytes in [content.checkpoint, content.outcome?.bytes ?? []] {
                nonces.append(Array(bytes.dropFirst(2 + "first".utf8.count).prefix(12)))
            }
        }
        #expect(nonces.allSatisfy { $0.count == 12 } && Set(nonces).count == 128)
    }

    @Test("Every record has a key of its own, and so has every scope, also two that share a leaf")
    func keys() throws {
        let keys = try EncryptionKeys(generating: "first")
        let chain = Keychain(keys)
        let key = try #require(keys["first"])
        let leaf = "~0123456789abcdef"
        let scopes = try ["0000000000000000", "0000000000000001"].map { try #require(ScopeName(text: leaf + $0)) }
        #expect(scopes[0].leaf == scopes[1].leaf)
        let all = scopes.flatMap { scope in
            [1, 2].map { chain.key(of: .test($0), in: scope, under: key)?.bytes }
        }
        #expect(Set(all).count == 4 && !all.contains(nil))
    }
}
