import Idempotency

@testable import IdempotencyRocksDB

/// A record that can be read says the same after it was written again. The checksum is put right first, or nothing
/// would get past it.
enum RecordProperty {
    static func check(_ bytes: [UInt8]) throws(FuzzProperty.Violation) {
        let id = RecordID(Digest(1, 2, 3, 4))
        let sum = bytes.withUnsafeBytes { Checksum.of($0, seed: id.digest.words.0) }
        let value = bytes + withUnsafeBytes(of: sum.littleEndian) { Array($0) }
        let stored = value.withUnsafeBytes { try? RecordCoding.decode($0, id: id) }
        guard let stored else { return }
        let again = RecordCoding.encode(stored, id: id).withUnsafeBytes { try? RecordCoding.decode($0, id: id) }
        guard again?.record == stored.record else {
            throw .init("a record changes when it is written again: \(bytes)")
        }
    }
}
