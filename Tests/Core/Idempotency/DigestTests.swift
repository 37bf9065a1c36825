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
