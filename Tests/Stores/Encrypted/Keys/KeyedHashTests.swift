import Crypto
import Testing

@testable import IdempotencyEncrypted

@Suite("Keyed hashes")
struct KeyedHashTests {
    @Test("The code is HMAC-SHA-256 (RFC 4231, test case 2), the first time and again")
    func code() {
        let hash = KeyedHash(SymmetricKey(data: Array("Jefe".utf8)))
        let expected = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        for _ in 0..<2 {
            let code = hash.code(of: Array("what do ya want for nothing?".utf8))
            #expect(code.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined() == expected)
        }
    }

    @Test("A derived key is that of HKDF-Expand", arguments: [[], [1, 2, 3], [UInt8](repeating: 9, count: 200)])
    func expansion(context: [UInt8]) {
        let key = SymmetricKey(data: (0..<32).map { UInt8($0) })
        let expected = HKDF<SHA256>.expand(
            pseudoRandomKey: key, info: Array("purpose".utf8) + [0] + context, outputByteCount: 32)
        #expect(KeyedHash(key).expanded(for: "purpose", context) == expected)
    }
}
