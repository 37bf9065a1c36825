import Idempotency
import IdempotencyEmbedded
import IdempotencyTestKit
import StoreTestParts
import Testing

@testable import IdempotencyRocksDB

/// What is written is read back to the bit, and nothing else is read at all.
@Suite struct RecordCodingTests {
    private static let holder = StoredRecord.Holder(instance: .max, boot: 0x0123_4567_89AB_CDEF)
    private static let reading = MachineReading(now: Timestamp(microseconds: 1_000_000), uptime: 400)

    private static let records: [StoredRecord] = {
        let states: [Record.State] = [
            .running(leaseEnd: Timestamp(microseconds: 31_000_000)), .running(leaseEnd: Timestamp(microseconds: .max)),
            .completed(
                Outcome(.tombstone, [0, 255, 7]), at: Timestamp(microseconds: .min),
                expires: Timestamp(microseconds: .max)),
            .completed(
                Outcome(.success, []), at: Timestamp(microseconds: 1), expires: Timestamp(microseconds: 2)),
            .inDoubt(.shutDown, since: Timestamp(microseconds: -5)),
        ]
        return states.enumerated().map { number, state in
            let record = Record(
                fingerprint: Fingerprint(algorithm: UInt8(250 + number), digest: Digest(1, .max, 3, 1 << 63)),
                owner: Owner(high: .max, low: UInt64(number)), fence: Fence(.max - UInt64(number)), attempt: .max,
                renewals: 1 << 31, created: Timestamp(microseconds: -1), state: state,
                checkpoint: number % 2 == 0 ? [] : [9, 8, 7],
                label: Label(key: "k\u{0}ey ✓", scope: number == 0 ? "" : "scope", operation: "POST /payments"))
            return StoredRecord(record, by: holder, at: reading)
        }
    }()

    private func decode(_ bytes: [UInt8], id: RecordID = .test(1)) throws -> StoredRecord {
        try bytes.withUnsafeBytes { try RecordCoding.decode($0, id: id) }
    }

    @Test("Every part comes back", arguments: records)
    func roundTrip(stored: StoredRecord) throws {
        #expect(try decode(RecordCoding.encode(stored, id: .test(1))) == stored)
    }

    @Test("A bit that is turned anywhere is found out", arguments: records)
    func everyBit(stored: StoredRecord) {
        let bytes = RecordCoding.encode(stored, id: .test(1))
        for bit in 0..<bytes.count * 8 {
            var damaged = bytes
            damaged[bit / 8] ^= 1 << UInt8(bit % 8)
            #expect(throws: RecordCoding.Damage.self, "bit \(bit)") { try decode(damaged) }
        }
    }

    @Test("A value that was cut off, or has something behind it, is refused", arguments: records)
    func everyLength(stored: StoredRecord) {
        let bytes = RecordCoding.encode(stored, id: .test(1))
        for count in 0..<bytes.count {
            #expect(throws: RecordCoding.Damage.self, "\(count) bytes") { try decode(Array(bytes.prefix(count))) }
        }
        #expect(throws: RecordCoding.Damage.self) { try decode(bytes + [0]) }
    }

    @Test("A value under the key of another record is refused")
    func wrongKey() {
        let bytes = RecordCoding.encode(Self.records[0], id: .test(1))
        #expect(throws: RecordCoding.Damage(part: "checksum")) { try decode(bytes, id: .test(2)) }
    }

    @Test("A later version is refused as such")
    func laterVersion() {
        var bytes = RecordCoding.encode(Self.records[0], id: .test(1))
        bytes[0] = 2
        #expect(throws: RecordCoding.Damage(part: "version")) { try decode(bytes) }
    }

    @Test(
        "Content that no version writes is refused, also under a right checksum",
        arguments: [(1, 3), (2, 9), (12, 255)])
    func unknownContent(offset: Int, byte: UInt8) {
        for stored in Self.records {
            #expect(throws: RecordCoding.Damage.self) { try decode(encode(stored, with: byte, at: offset)) }
        }
    }

    @Test("A record in doubt that has an expiry is refused", arguments: [104, 111])
    func doubtThatExpires(offset: Int) throws {
        let bytes = encode(Self.records[4], with: 1, at: offset)
        #expect(throws: RecordCoding.Damage(part: "state")) { try decode(bytes) }
    }

    /// A record with another byte in it, under a right checksum.
    private func encode(_ stored: StoredRecord, with byte: UInt8, at offset: Int) -> [UInt8] {
        var bytes = RecordCoding.encode(stored, id: .test(1))
        bytes[offset] = byte
        let sum = bytes.dropLast(8).withUnsafeBytes { Checksum.of($0, seed: RecordID.test(1).digest.words.0) }
        bytes.replaceSubrange((bytes.count - 8)..., with: (0..<8).map { UInt8(truncatingIfNeeded: sum >> ($0 * 8)) })
        return bytes
    }

    @Test("Random bytes are refused, whatever they say about their lengths")
    func noise() {
        var random = SeededGenerator(Seed(7))
        for _ in 0..<2000 {
            var bytes = (0..<Int.random(in: 0...300, using: &random)).map { _ in
                UInt8.random(in: 0...255, using: &random)
            }
            if !bytes.isEmpty { bytes[0] = RecordCoding.version }
            #expect(throws: RecordCoding.Damage.self) { try decode(bytes) }
        }
    }

    @Test("Only a whole completed record has expired, from its very microsecond on")
    func expiry() {
        func hasExpired(_ bytes: [UInt8], _ time: Int64) -> Bool {
            bytes.withUnsafeBytes {
                RecordCoding.hasExpired($0, id: .test(1), by: Timestamp(microseconds: time))
            }
        }
        let values = Self.records.map { RecordCoding.encode($0, id: .test(1)) }
        #expect(values.map { hasExpired($0, .max) } == [false, false, true, true, false])
        #expect(values.map { hasExpired($0, 2) } == [false, false, false, true, false])
        #expect(values.map { hasExpired($0, 1) } == [false, false, false, false, false])
        for offset in values[3].indices {
            var damaged = values[3]
            damaged[offset] ^= 0x10
            #expect(!hasExpired(damaged, .max), "byte \(offset)")
        }
    }
}
