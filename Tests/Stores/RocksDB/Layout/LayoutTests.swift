import Idempotency
import IdempotencyEmbedded
import IdempotencyTestKit
import StoreTestParts
import Testing

@testable import IdempotencyRocksDB

/// Checksums, index keys, counters and the marker file.
@Suite struct LayoutTests {
    private func checksum(_ bytes: [UInt8], seed: UInt64 = 0) -> UInt64 {
        bytes.withUnsafeBytes { Checksum.of($0, seed: seed) }
    }

    @Test("Checksums are those of the reference implementation of XXH64")
    func checksums() {
        // The reference's self-test: bytes of a multiplicative generator, lengths 0, 1, 4, 14, 222, two seeds.
        var generator: UInt64 = 2_654_435_761
        let bytes = (0..<222).map { _ -> UInt8 in
            defer { generator &*= 11_400_714_785_074_694_797 }
            return UInt8(generator >> 56)
        }
        let seed: UInt64 = 2_654_435_761
        let expected: [(Int, UInt64, UInt64)] = [
            (0, 0, 0xEF46_DB37_51D8_E999), (0, seed, 0xAC75_FDA2_929B_17EF),
            (1, 0, 0xE934_A84A_DB05_2768), (1, seed, 0x5014_607643A9B4C3),
            (4, 0, 0x9136_A0DC_A574_57EE), (14, 0, 0x8282_DCC4_994E_35C8), (14, seed, 0xC3BD_6BF6_3DEB_6DF0),
            (222, 0, 0xB641_AE8C_B691_C174), (222, seed, 0x20CB_8AB7_AE10_C14A),
        ]
        for (count, seed, sum) in expected {
            #expect(checksum(Array(bytes.prefix(count)), seed: seed) == sum, "\(count) bytes, seed \(seed)")
        }
    }

    @Test("Index keys come back, and lie in the order of time, then id")
    func indexKeys() {
        var random = SeededGenerator(Seed(3))
        let times = [Int64.min, -1, 0, 1, .max] + (0..<20).map { _ in Int64.random(in: .min ... .max, using: &random) }
        let cursors = times.flatMap { time in
            (0..<4).map { _ in
                RecordQuery.Cursor(
                    created: Timestamp(microseconds: time),
                    id: RecordID(Digest(random.next(), random.next(), random.next(), random.next())))
            }
        }
        let keys = cursors.map { IndexKey.encode($0.created, $0.id) }
        for (cursor, key) in zip(cursors, keys) {
            let decoded = key.withUnsafeBytes { IndexKey.decode($0) }
            #expect(decoded?.time == cursor.created)
            #expect(decoded?.id == cursor.id)
        }
        #expect(
            keys.sorted { $0.lexicographicallyPrecedes($1) }
                == cursors.sorted().map { IndexKey.encode($0.created, $0.id) })
    }

    @Test("A key of another length is no index key")
    func shortKeys() {
        for count in [0, 8, 39, 41] {
            #expect([UInt8](repeating: 0, count: count).withUnsafeBytes { IndexKey.time(of: $0) } == nil)
        }
    }

    @Test("A counter comes back, and a damaged one does not")
    func counters() {
        let number = UInt64.max - 5
        let bytes = Counter.encode(number, key: Counter.fence)
        #expect(bytes.withUnsafeBytes { Counter.decode($0, key: Counter.fence) } == number)
        #expect(bytes.withUnsafeBytes { Counter.decode($0, key: Counter.instance) } == nil)
        #expect(bytes.dropLast().withUnsafeBytes { Counter.decode($0, key: Counter.fence) } == nil)
        for bit in 0..<bytes.count * 8 {
            var damaged = bytes
            damaged[bit / 8] ^= 1 << UInt8(bit % 8)
            #expect(damaged.withUnsafeBytes { Counter.decode($0, key: Counter.fence) } == nil)
        }
    }

    @Test("A marker comes back, and nothing else is one")
    func markers() {
        for marker in [FormatMarker.making, .made(format: 1), .made(format: 12)] {
            #expect(FormatMarker(marker.text) == marker)
        }
        for text in [
            "", "format 1", "swift-idempotency rocksdb store: format 0\n", "swift-idempotency rocksdb store: format 1",
        ] {
            #expect(FormatMarker(text) == nil)
        }
    }
}
