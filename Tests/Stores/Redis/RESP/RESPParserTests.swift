import IdempotencyTestKit
import NIOCore
import Testing

@testable import IdempotencyRedis

/// What a server sends is read as the protocol says, however the bytes are cut.
@Suite struct RESPParserTests {
    private static let examples: [(String, RESPValue)] = [
        ("+OK\r\n", .simple("OK")), ("+\r\n", .simple("")),
        ("-ERR no\r\n", .error("ERR no")), ("!6\r\nERR\r\nx\r\n", .error("ERR\r\nx")),
        (":0\r\n", .integer(0)), (":-12\r\n", .integer(-12)), (":+7\r\n", .integer(7)),
        (":9223372036854775807\r\n", .integer(.max)), (":-9223372036854775808\r\n", .integer(.min)),
        ("$-1\r\n", .null), ("*-1\r\n", .null), ("_\r\n", .null),
        ("$0\r\n\r\n", .text("")), ("$5\r\na\r\nbc\r\n", .text("a\r\nbc")), ("=7\r\ntxt:abc\r\n", .text("abc")),
        ("#t\r\n", .boolean(true)), ("#f\r\n", .boolean(false)),
        (",1.5\r\n", .double(1.5)), (",-inf\r\n", .double(-.infinity)), (",1e3\r\n", .double(1000)),
        ("(-123456789012345678901234567890\r\n", .bigNumber("-123456789012345678901234567890")),
        ("*0\r\n", .array([])), ("*2\r\n:1\r\n*1\r\n+a\r\n", .array([.integer(1), .array([.simple("a")])])),
        ("%1\r\n+k\r\n:1\r\n", .map([.simple("k"), .integer(1)])), ("~1\r\n:1\r\n", .set([.integer(1)])),
        (">2\r\n+message\r\n$1\r\nx\r\n", .push([.simple("message"), .text("x")])),
        ("*3\r\n*0\r\n_\r\n%0\r\n", .array([.array([]), .null, .map([])])),
        ("|1\r\n+ttl\r\n:3\r\n:5\r\n", .integer(5)),
        ("*2\r\n|1\r\n+ttl\r\n*1\r\n:3\r\n:5\r\n:6\r\n", .array([.integer(5), .integer(6)])),
    ]

    @Test("Every type is read, in one piece and cut at every byte", arguments: [Int.max, 1, 2, 3, 7])
    func types(pieces: Int) throws {
        for (text, value) in Self.examples {
            #expect(try parse(text, pieces: pieces) == [value], "\(text.debugDescription)")
        }
        let all = Self.examples.map(\.0).joined()
        #expect(try parse(all, pieces: pieces) == Self.examples.map(\.1))
    }

    @Test("Nothing is given before it is complete")
    func incomplete() throws {
        for (text, _) in Self.examples {
            let bytes = Array(text.utf8)
            for count in 0..<bytes.count {
                var parser = RESPParser()
                parser.append(ByteBuffer(bytes: bytes[..<count]))
                #expect(try parser.next() == nil)
            }
        }
    }

    @Test(
        "What is no RESP is refused",
        arguments: [
            "hello\r\n", "\r\n", "+OK\n", "$3\r\nabcd\r\n", "$3\r\nab\r\n\r\n", "$-2\r\n", "*-2\r\n", "!-1\r\n",
            ":1.5\r\n", ":\r\n", ":-\r\n", ":9223372036854775808\r\n", ":-9223372036854775809\r\n", ": 1\r\n",
            "#x\r\n", "#true\r\n", ",abc\r\n", ",\r\n", ",0x10\r\n", "(12a\r\n", "(\r\n", "$?\r\n", "*?\r\n",
            "$99999999999999999999\r\n", "=2\r\nab\r\n", "=4\r\ntxt;\r\n",
        ])
    func malformed(text: String) {
        for pieces in [Int.max, 1] {
            #expect(throws: RESPError.self, "in pieces of \(pieces)") { try parse(text, pieces: pieces) }
        }
    }

    @Test("More than the limits allow is refused before it is there")
    func limits() throws {
        var limits = RESPLimits()
        limits.depth = 3
        limits.string = 10
        limits.members = 4
        limits.line = 20
        #expect(try parse("$10\r\n0123456789\r\n", limits: limits).count == 1)
        #expect(throws: RESPError.self) { try parse("$11\r\n", limits: limits) }
        #expect(try parse("*4\r\n:1\r\n:2\r\n:3\r\n:4\r\n", limits: limits).count == 1)
        #expect(throws: RESPError.self) { try parse("*5\r\n", limits: limits) }
        #expect(throws: RESPError.self) { try parse("%3\r\n", limits: limits) }
        #expect(try parse("*1\r\n*1\r\n*1\r\n:1\r\n", limits: limits).count == 1)
        #expect(throws: RESPError.self) { try parse("*1\r\n*1\r\n*1\r\n*1\r\n", limits: limits) }
        #expect(try parse("+0123456789012345678\r\n", limits: limits).count == 1)
        #expect(throws: RESPError.self) { try parse("+01234567890123456789\r\n", limits: limits) }
        #expect(throws: RESPError.self) { try parse("+012345678901234567890123", limits: limits) }
    }

    @Test("Random values come back as they were written, however they are cut")
    func roundTrips() throws {
        let seed = Seed.current.derived("resp")
        var random = SeededGenerator(seed)
        for _ in 0..<500 {
            let values = (0..<3).map { _ in RESPValue.random(depth: 3, using: &random) }
            let bytes = values.flatMap(\.encoded)
            let pieces = Int.random(in: 1...20, using: &random)
            #expect(try parse(bytes, pieces: pieces) == values, "seed \(seed)")
        }
    }

    @Test("Random and damaged bytes never stop the program, and the cut of the bytes changes nothing")
    func hostileBytes() {
        let seed = Seed.current.derived("hostile resp")
        var random = SeededGenerator(seed)
        let alphabet = Array("+-:$*_#,(!=%~>|0123456789\r\nabc".utf8)
        for _ in 0..<3000 {
            var bytes = RESPValue.random(depth: 3, using: &random).encoded
            for _ in 0..<Int.random(in: 0...4, using: &random) where !bytes.isEmpty {
                let place = Int.random(in: 0..<bytes.count, using: &random)
                bytes[place] = alphabet.randomElement(using: &random) ?? 0
            }
            let whole = Result { () throws(RESPError) in try parse(bytes) }
            let pieces = Result { () throws(RESPError) in try parse(bytes, pieces: 1) }
            // What was wrong may be found at different places, but not whether something was.
            #expect((try? whole.get()) == (try? pieces.get()), "seed \(seed): \(bytes)")
        }
    }

    @Test("Commands are arrays of strings, with their lengths in bytes")
    func commands() throws {
        var buffer = ByteBuffer()
        buffer.writeRESP(command: ["SET", "ключ", String(repeating: "x", count: 123)])
        let values = try parse(Array(buffer.readableBytesView))
        #expect(values == [.array([.text("SET"), .text("ключ"), .text(String(repeating: "x", count: 123))])])
    }
}

extension RESPValue {
    /// Any value that can be compared.
    fileprivate static func random(depth: Int, using random: inout SeededGenerator) -> RESPValue {
        let members = { (random: inout SeededGenerator, each: Int) -> [RESPValue] in
            (0..<Int.random(in: 0...3, using: &random) * each).map { _ in .random(depth: depth - 1, using: &random) }
        }
        switch Int.random(in: 0..<(depth == 0 ? 7 : 11), using: &random) {
        case 0: return .simple("s\(random.next())")
        case 1: return .error("ERR \(random.next())")
        case 2: return .integer(Int64(bitPattern: random.next()))
        case 3:
            let bytes = (0..<Int.random(in: 0...40, using: &random)).map { _ in
                UInt8.random(in: 0...255, using: &random)
            }
            return .bytes(ByteBuffer(bytes: bytes))
        case 4: return .null
        case 5: return .boolean(Bool.random(using: &random))
        case 6: return .double(Double(Int.random(in: -1000...1000, using: &random)) / 8)
        case 7: return .array(members(&random, 1))
        case 8: return .set(members(&random, 1))
        case 9: return .push(members(&random, 1))
        default: return .map(members(&random, 2))
        }
    }

    /// As a server would send it.
    fileprivate var encoded: [UInt8] {
        switch self {
        case .simple(let text): Array("+\(text)\r\n".utf8)
        case .error(let text): Array("-\(text)\r\n".utf8)
        case .integer(let number): Array(":\(number)\r\n".utf8)
        case .bytes(let bytes):
            Array("$\(bytes.readableBytes)\r\n".utf8) + Array(bytes.readableBytesView) + Array("\r\n".utf8)
        case .null: Array("_\r\n".utf8)
        case .boolean(let value): Array("#\(value ? "t" : "f")\r\n".utf8)
        case .double(let number): Array(",\(number)\r\n".utf8)
        case .bigNumber(let digits): Array("(\(digits)\r\n".utf8)
        case .array(let members): Array("*\(members.count)\r\n".utf8) + members.flatMap(\.encoded)
        case .set(let members): Array("~\(members.count)\r\n".utf8) + members.flatMap(\.encoded)
        case .push(let members): Array(">\(members.count)\r\n".utf8) + members.flatMap(\.encoded)
        case .map(let members): Array("%\(members.count / 2)\r\n".utf8) + members.flatMap(\.encoded)
        }
    }
}
