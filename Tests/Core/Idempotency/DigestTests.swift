import Crypto
import Idempotency
import Testing

@Suite("Digests") struct DigestTests {
    @Test("A digest survives the way through its bytes and through hexadecimal text")
    func roundTrip() throws {
        let digest = Digest(0x0123_4567_89AB_CDEF, 1, .max, 0)
        #expect(Digest(bytes: digest.bytes) == digest)
        #expect(Digest(hexadecimal: digest.description) == digest)
        #expect(digest.description.hasPrefix("0123456789abcdef0000000000000001ffffffffffffffff"))
    }

    @Test("Anything but 32 bytes is no digest", arguments: [0, 31, 33, 64])
    func wrongLength(count: Int) {
        #expect(Digest(bytes: [UInt8](repeating: 7, count: count)) == nil)
        #expect(Digest(hexadecimal: String(repeating: "g", count: 64)) == nil)
    }

    @Test("Scope and key never run into each other")
    func recordIDs() throws {
        let key = try IdempotencyKey("k")
        #expect(RecordID(scope: Scope("a", "bc"), key: key) != RecordID(scope: Scope("ab", "c"), key: key))
        #expect(try RecordID(scope: Scope("a"), key: IdempotencyKey("bk")) != RecordID(scope: Scope("ab"), key: key))
    }

    @Test("A record id is SHA-256 over the count of the parts, each part and the key, with their lengths in front")
    func recordIDBytes() throws {
        func length(_ number: Int) -> [UInt8] { [0, 0, 0, 0, 0, 0, UInt8(number >> 8), UInt8(number & 255)] }
        let scopes = [Scope(), Scope("pay"), Scope("", "ä€"), Scope(parts: (0..<300).map { "part \($0)" })]
        for scope in scopes {
            for text in ["k", String(repeating: "x", count: 255)] {
                var bytes = length(scope.parts.count)
                for part in scope.parts { bytes += length(part.utf8.count) + Array(part.utf8) }
                bytes += length(text.utf8.count) + Array(text.utf8)
                let id = RecordID(scope: scope, key: try IdempotencyKey(text))
                #expect(id.digest.bytes == Array(SHA256.hash(data: bytes)))
            }
        }
    }

    @Test("The secret and the field borders change a fingerprint")
    func fingerprints() {
        var one = FingerprintHasher()
        one.update(field: "ab")
        one.update(field: "c")
        var two = FingerprintHasher()
        two.update(field: "a")
        two.update(field: "bc")
        #expect(one.finalize() != two.finalize())
        #expect(Fingerprint(of: [1, 2]) == Fingerprint(of: [1, 2]))
        #expect(Fingerprint(of: [1, 2]) != Fingerprint(of: [1, 2], secret: .init(size: .bits256)))
    }
}
