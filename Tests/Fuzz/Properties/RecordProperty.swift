import Idempotency

@testable import IdempotencyRocksDB

/// What can be read was written so: encoding it again gives the same bytes. The checksum is put right first, or nothing
/// would get past it.
enum RecordProperty {
    static func check(_ bytes: [UInt8]) throws(FuzzProperty.Violation) {
        let id = RecordID(Digest(1, 2, 3, 4))
        let sum = bytes.withUnsafeBytes { Checksum.of($0, seed: id.digest.words.0) }
        let value = bytes + withUnsafeBytes(of: sum.littleEndian) { Array($0) }
        let stored = value.withUnsafeBytes { try? RecordCoding.decode($0, id: id) }
        guard let stored else { return }
        guard RecordCoding.encode(stored, id: id) == value else {
            throw .init("a record changes when it is written again: \(bytes)")
        }
    }
}
