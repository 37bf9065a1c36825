import IdempotencyHTTP
import Testing

@Suite("A response in a message/http body")
struct ResponseMessageTests {
    private func parse(_ text: String) throws(MessageError) -> ResponseMessage {
        try ResponseMessage(parsing: Array(text.utf8))
    }

    @Test("is read with status, headers and body")
    func whole() throws {
        let message = try parse(
            "HTTP/1.1 201 Created\r\nContent-Type: a/b\r\nX:  y \r\ncontent-length: 4\r\n\r\n\r\nab")
        #expect(message.status == 201)
        #expect(message.headers == ["Content-Type": "a/b", "X": "y", "content-length": "4"])
        #expect(Array(message.body) == Array("\r\nab".utf8))
        let short = try parse("HTTP/1.0 204\n\n")
        #expect(short.status == 204 && short.headers.isEmpty && short.body.isEmpty)
    }

    @Test(
        "is refused when it is malformed",
        arguments: [
            ("", MessageError.statusLine), ("HTTP/1.1 200 OK", .statusLine), ("HTTP/2 200\r\n\r\n", .statusLine),
            ("HTTP/1.1 100 Continue\r\n\r\n", .statusLine), ("HTTP/1.1 2000\r\n\r\n", .statusLine),
            ("HTTP/1.1  200\r\n\r\n", .statusLine), ("HTTP/1.1 20\r\n\r\n", .statusLine),
            ("HTTP/1.1 200 OK\r\n", .unterminated), ("HTTP/1.1 200 OK\r\nA: b\r\n", .unterminated),
            ("HTTP/1.1 200 OK\r\nA : b\r\n\r\n", .header(line: 1)),
            ("HTTP/1.1 200 OK\r\nA: b\r\n c\r\n\r\n", .header(line: 2)),
            ("HTTP/1.1 200 OK\r\nAb\r\n\r\n", .header(line: 1)),
            ("HTTP/1.1 200 OK\r\nA: b\rc\r\n\r\n", .header(line: 1)),
            ("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabc", .contentLength),
            ("HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabc", .contentLength),
            ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", .transferCoding),
        ])
    func malformed(text: String, reason: MessageError) {
        #expect(throws: reason) { try parse(text) }
    }
}
