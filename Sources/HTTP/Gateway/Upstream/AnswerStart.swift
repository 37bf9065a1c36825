import NIOHTTP1

/// The first line of an answer (RFC 9112 section 4): HTTP/1.1 or 1.0, three digits, and a reason that nobody needs.
struct AnswerStart {
    let version: HTTPVersion
    let status: HTTPResponseStatus

    init() {
        (version, status) = (.http1_1, .ok)
    }

    /// Reads the line without its CRLF.
    init(_ line: UnsafeRawBufferPointer) throws(HTTPParserError) {
        guard line.count >= Self.codeEnd, line.starts(with: "HTTP/1.".utf8), line[Self.codeStart - 1] == 0x20 else {
            throw .invalidVersion
        }
        switch line[Self.codeStart - 2] {
        case UInt8(ascii: "1"): version = .http1_1
        case UInt8(ascii: "0"): version = .http1_0
        default: throw .invalidVersion
        }
        var code = 0
        for byte in line[Self.codeStart..<Self.codeEnd] {
            guard (0x30...0x39).contains(byte) else { throw .invalidStatus }
            code = code * 10 + Int(byte - 0x30)
        }
        guard (100...599).contains(code) else { throw .invalidStatus }
        let reason = line[Self.codeEnd...]
        guard reason.first ?? 0x20 == 0x20, reason.allSatisfy({ $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 }) else {
            throw .invalidStatus
        }
        let known = HTTPResponseStatus(statusCode: code)
        if case .custom = known {
            let text = String(decoding: UnsafeRawBufferPointer(rebasing: reason.dropFirst()), as: UTF8.self)
            status = .custom(code: UInt(code), reasonPhrase: text)
        } else {
            status = known
        }
    }

    private static var codeStart: Int { 9 }
    private static var codeEnd: Int { 12 }
}
