import Idempotency
import IdempotencyTestKit
import NIOCore
import StoreTestParts
import Testing

@testable import IdempotencyRedis

/// Values of records are read back as they were written, or refused.
@Suite struct RecordCodingTests {
    private static let now = Timestamp(microseconds: 1_700_000_000_123_456)

    private static let drafts: [Draft] = {
        var running = Draft(
            claiming: .test(1), owner: .test(2), lease: .seconds(30),
            label: Label(key: "k\u{0}ey ✓", scope: "tenant", operation: "POST /payments"))
        running.checkpoint = [1, 2, 3]
        var completed = running
        completed.state = .completed(Outcome(.failure, [0, 255, 7]), retention: .seconds(86_400))
        var endless = running
        endless.state = .completed(Outcome(.tombstone, []), retention: .seconds(Int64.max))
        var inDoubt = running
        inDoubt.state = .inDoubt(.reconcileUnknown)
        inDoubt.label = Label()
        inDoubt.checkpoint = []
        return [running, completed, endless, inDoubt]
    }()

    /// A value as the exchange script puts it together.
    private static func value(_ draft: Draft) -> ByteBuffer {
        let pieces = RecordCoding.Pieces(draft)
        var buffer = ByteBuffer()
        pieces.writeHead(into: &buffer)
        buffer.writeInteger(77 as UInt64)
        buffer.writeInteger(now.microseconds)
        buffer.writeInteger(pieces.length)
        buffer.writeInteger(now.microseconds)
        pieces.writeBody(into: &buffer)
        return buffer
    }

    @Test("A record comes back as the specification stamps it", arguments: drafts)
    func roundTrip(draft: Draft) throws {
        let expected = draft.stamped(at: Self.now, fence: Fence(77))
        #expect(try RecordCoding.decode(Self.value(draft)) == expected)
    }

    @Test("A vacant key whose fence is remembered is no record")
    func marker() throws {
        var value = ByteBuffer(repeating: 0, count: 30)
        value.setInteger(RecordCoding.version, at: 0)
        #expect(try RecordCoding.decode(value) == nil)
        value.writeInteger(0 as UInt8)
        #expect(throws: RecordCoding.Damage.self) { try RecordCoding.decode(value) }
    }

    @Test("A value that is too short or too long is refused, whatever is missing", arguments: drafts)
    func lengths(draft: Draft) {
        let value = Self.value(draft)
        for count in 0..<value.readableBytes {
            guard let part = value.getSlice(at: 0, length: count) else { continue }
            #expect(throws: RecordCoding.Damage.self, "\(count) bytes") { try RecordCoding.decode(part) }
        }
        var longer = value
        longer.writeInteger(0 as UInt8)
        #expect(throws: RecordCoding.Damage.self) { try RecordCoding.decode(longer) }
    }

    @Test("A value of another version, state or kind is refused")
    func unknowns() {
        for (offset, byte) in [(0, 0), (0, 2), (1, 4), (1, 255), (59, 9)] as [(Int, UInt8)] {
            for draft in Self.drafts {
                var value = Self.value(draft)
                value.setInteger(byte, at: offset)
                #expect(throws: RecordCoding.Damage.self, "\(byte) at \(offset)") { try RecordCoding.decode(value) }
            }
        }
    }

    @Test("Texts that are no UTF-8 are refused")
    func texts() {
        var value = Self.value(Self.drafts[0])
        value.setInteger(0xFF as UInt8, at: RecordCoding.fixedSize)
        #expect(throws: RecordCoding.Damage(part: "key")) { try RecordCoding.decode(value) }
    }

    @Test("Of the beginning of a value all but checkpoint and outcome is read")
    func parts() throws {
        for draft in Self.drafts {
            let value = Self.value(draft)
            let lengths = try #require(RecordCoding.lengths(of: value))
            let part = try #require(value.getSlice(at: 0, length: RecordCoding.fixedSize + lengths.texts))
            let record = try #require(try RecordCoding.decode(part, isPart: true))
            let whole = draft.stamped(at: Self.now, fence: Fence(77))
            #expect(record.label == whole.label)
            #expect(record.queryState(at: Self.now) == whole.queryState(at: Self.now))
            #expect(lengths.payload == whole.payload)
        }
    }

    @Test("Damaged values never stop the program")
    func damage() {
        let seed = Seed.current.derived("damage")
        var random = SeededGenerator(seed)
        for round in 0..<5000 {
            var value = Self.value(Self.drafts[round % Self.drafts.count])
            let place = Int.random(in: 0..<value.readableBytes, using: &random)
            value.setInteger(UInt8.random(in: 0...255, using: &random), at: place)
            _ = try? RecordCoding.decode(value)
            _ = try? RecordCoding.decode(value, isPart: true)
        }
    }

    @Test("A key is the prefix and the id in hexadecimal digits, and nothing else is taken for one")
    func keys() throws {
        let keys = KeySpace(prefix: "shop:once")
        let id = RecordID.test(5)
        var buffer = ByteBuffer()
        keys.write(id, into: &buffer)
        #expect(String(buffer: buffer) == "$\(keys.keySize)\r\nshop:once:\(id)\r\n")
        #expect(keys.id(ByteBuffer(string: keys.key(id))) == id)
        for other in [keys.marker(), keys.key(id) + "0", "once:\(id)", "shop:once:\(id.description.uppercased())"] {
            #expect(keys.id(ByteBuffer(string: other)) == nil, "\(other)")
        }
        #expect(KeySpace(prefix: "a*b[c]?").pattern == "a\\*b\\[c\\]\\?:*")
    }
}
