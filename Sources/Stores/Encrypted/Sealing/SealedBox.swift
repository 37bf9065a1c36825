import Crypto
import Idempotency

/// One encrypted part of a record: the format, the id of the key, and what AES-256-GCM makes of it.
///
///     0  format: 1
///     1  length of the id of the key
///     2  the id, in ASCII; then nonce (12), ciphertext, tag (16)
struct SealedBox {
    static let format: UInt8 = 1
    private static let overhead = 28

    /// The id of the key.
    let keyID: String
    private let combined: ArraySlice<UInt8>

    /// Takes stored bytes apart; `nil` if they are no box.
    init?(_ bytes: [UInt8]) {
        guard bytes.count > 2, bytes[0] == Self.format else { return nil }
        let end = 2 + Int(bytes[1])
        guard bytes.count >= end + Self.overhead else { return nil }
        let id = String(decoding: bytes[2..<end], as: UTF8.self)
        guard EncryptionKey.isAllowed(id: id) else { return nil }
        keyID = id
        combined = bytes[end...]
    }

    /// What was sealed; `nil` if anything differs from what was sealed together with it.
    func open(with key: SymmetricKey, authenticating data: [UInt8]) -> [UInt8]? {
        guard let box = try? AES.GCM.SealedBox(combined: combined),
            let bytes = try? AES.GCM.open(box, using: key, authenticating: data)
        else { return nil }
        return Array(bytes)
    }

    /// Seals bytes under a random nonce of 96 bits.
    static func seal(
        _ bytes: [UInt8], with key: SymmetricKey, named id: String, authenticating data: [UInt8]
    ) throws(StoreError) -> [UInt8] {
        guard let sealed = try? AES.GCM.seal(bytes, using: key, authenticating: data), let combined = sealed.combined
        else {
            throw StoreError(.misuse, "The record could not be encrypted; nothing was written.", effect: .notApplied)
        }
        var result: [UInt8] = [format, UInt8(id.utf8.count)]
        result.reserveCapacity(2 + id.utf8.count + combined.count)
        result.append(contentsOf: id.utf8)
        result.append(contentsOf: combined)
        return result
    }
}
