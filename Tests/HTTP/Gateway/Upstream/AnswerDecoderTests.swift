import IdempotencyHTTP
import NIOCore
import NIOHTTP1
import Testing

@testable import IdempotencyGateway

@Suite("Answers of an upstream as they are read")
struct AnswerDecoderTests {
    /// What was read, in a form that is easy to compare; pieces of one body count as one.
    private struct Seen: Equatable {
        var statuses: [UInt] = []
        var body = ""
        var trailers: [String] = []
        var isWhole = false
        var endsWithConnection = false
        var left = 0
        var flaw: HTTPParserError?
    }

    private func read(_ text: String, to method: String = "GET", cutInto size: Int = .max) -> Seen {
        var decoder = AnswerDecoder(limits: GatewayLimits())
        decoder.expectAnswer(to: method)
        var seen = Seen()
        var input = ByteBuffer()
        var rest = ByteBuffer(string: text)
        while rest.readableBytes > 0, seen.flaw == nil {
            input.writeImmutableBuffer(rest.readSlice(length: min(size, rest.readableBytes)) ?? ByteBuffer())
            do throws(HTTPParserError) {
                while let part = try decoder.next(&input) {
                    switch part {
                    case .head(let head): seen.statuses.append(head.status.code)
                    case .body(let piece): seen.body += String(buffer: piece)
                    case .end(let trailers):
                        seen.isWhole = true
                        seen.trailers = trailers?.map { "\($0.name): \($0.value)" } ?? []
                    }
                }
            } catch {
                seen.flaw = error
            }
        }
        seen.endsWithConnection = decoder.endsWithConnection
        seen.left = input.readableBytes
        return seen
    }

    @Test("end where their length says, where the last chunk does, or with the connection", arguments: [1, 3, .max])
    func framing(size: Int) {
        let plain = read("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", cutInto: size)
        #expect(plain == Seen(statuses: [200], body: "hello", isWhole: true))
        let chunked = read(
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n3;a=b\r\nllo\r\n0\r\nX-Sum: 7\r\n\r\n",
            cutInto: size)
        #expect(chunked == Seen(statuses: [200], body: "hello", trailers: ["X-Sum: 7"], isWhole: true))
        let open = read("HTTP/1.1 200\r\nConnection: close\r\n\r\nhello", cutInto: size)
        #expect(open == Seen(statuses: [200], body: "hello", endsWithConnection: true))
        let empty = read("HTTP/1.0 204 \r\nContent-Length: 0\r\n\r\n", cutInto: size)
        #expect(empty == Seen(statuses: [204], isWhole: true))
    }

    @Test("have no body after HEAD and with 204 and 304, whatever their header says; what follows is left alone")
    func bodiless() {
        let header = "Content-Length: 5\r\n\r\n"
        #expect(read("HTTP/1.1 200 OK\r\n\(header)", to: "HEAD") == Seen(statuses: [200], isWhole: true))
        #expect(read("HTTP/1.1 304 x\r\n\(header)hello") == Seen(statuses: [304], isWhole: true, left: 5))
        #expect(read("HTTP/1.1 204 x\r\n\(header)hello") == Seen(statuses: [204], isWhole: true, left: 5))
    }

    @Test("may be announced by interim ones; a switch of protocols is the last that is read", arguments: [1, .max])
    func interim(size: Int) {
        let hints = "HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n"
        let whole = read("\(hints)\(hints)HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi", cutInto: size)
        #expect(whole == Seen(statuses: [103, 103, 200], body: "hi", isWhole: true))
        let switched = read("HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\nHTTP/1.1 200 OK\r\n\r\n")
        #expect(switched == Seen(statuses: [101], left: 19))
    }

    @Test(
        "are refused where two readers could see different ones",
        arguments: [
            (
                "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\n",
                HTTPParserError.unexpectedContentLength
            ),
            ("HTTP/1.1 200 OK\r\nContent-Length: +5\r\n\r\n", .invalidContentLength),
            ("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n", .unexpectedContentLength),
            ("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", .strictModeAssertion),
            ("HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", .strictModeAssertion),
            ("HTTP/1.1 200 OK\nContent-Length: 5\r\n\r\n", .lfExpected),
            ("HTTP/2.0 200 OK\r\n\r\n", .invalidVersion), ("hello\r\n", .invalidVersion),
            ("HTTP/1.1  200 OK\r\n\r\n", .invalidStatus), ("HTTP/1.1 2000 OK\r\n\r\n", .invalidStatus),
            ("HTTP/1.1 099 OK\r\n\r\n", .invalidStatus), ("HTTP/1.1 600 OK\r\n\r\n", .invalidStatus),
            ("HTTP/1.1 200 O\rK\r\n\r\n", .invalidStatus), ("HTTP/1.1 20\r\n\r\n", .invalidVersion),
            ("HTTP/1.1 200 OK\r\nX : y\r\n\r\n", .invalidHeaderToken),
            ("HTTP/1.1 200 OK\r\nX: y\r\n z\r\n\r\n", .invalidHeaderToken),
            ("HTTP/1.1 200 OK\r\nX: \u{1}\r\n\r\n", .invalidHeaderToken),
            ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n", .invalidChunkSize),
            (
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nContent-Length: 9\r\n\r\n",
                .unexpectedContentLength
            ),
            (
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nTransfer-Encoding: x\r\n\r\n",
                .strictModeAssertion
            ),
            ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nab\r\n", .invalidChunkSize),
        ])
    func flaws(text: String, flaw: HTTPParserError) {
        #expect(read(text).flaw == flaw)
        #expect(read(text, cutInto: 1).flaw == flaw)
    }

    @Test("have bounds on a line, on all lines and on their number, over the trailers too")
    func bounds() {
        let limits = GatewayLimits()
        let long = String(repeating: "x", count: limits.answerHeaderFieldBytes)
        #expect(read("HTTP/1.1 200 OK\r\nX: \(long)\r\n\r\n").flaw == .headerOverflow)
        #expect(read("HTTP/1.1 200 \(long)\r\n\r\n").flaw == .headerOverflow)
        let many = String(repeating: "X: y\r\n", count: limits.answerHeaderFields)
        #expect(read("HTTP/1.1 200 OK\r\n\(many)X: y\r\n\r\n").flaw == .headerOverflow)
        #expect(read("HTTP/1.1 200 OK\r\n\(many)\r\n").flaw == nil)
        let half = "X: " + String(repeating: "y", count: limits.answerHeaderFieldBytes - 3) + "\r\n"
        let all = String(repeating: half, count: limits.answerHeaderBytes / limits.answerHeaderFieldBytes)
        #expect(read("HTTP/1.1 200 OK\r\n\(all)\r\n").flaw == nil)
        let chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n"
        #expect(read("\(chunked)\r\n0\r\n\(all)X: y\r\n\r\n").flaw == .headerOverflow)
    }

    @Test("Bytes that are no UTF-8 in a value are repaired, not refused: the operation has run")
    func repair() throws {
        var decoder = AnswerDecoder(limits: GatewayLimits())
        decoder.expectAnswer(to: "GET")
        var input = ByteBuffer(string: "HTTP/1.1 200 OK\r\nX: a")
        input.writeBytes([0xE9])
        input.writeString("b\r\n\r\n")
        guard case .head(let head)? = try decoder.next(&input) else {
            Issue.record("no head")
            return
        }
        #expect(head.headers.values(of: "X") == ["a\u{FFFD}b"])
    }
}
