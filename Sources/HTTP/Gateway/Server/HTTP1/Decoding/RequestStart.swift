import IdempotencyHTTP
import NIOHTTP1

/// The first line of a request (RFC 9112 section 3): exactly one space between its parts, and HTTP/1.1 or 1.0.
struct RequestStart {
    let method: String
    let target: String
    let version: HTTPVersion

    init() {
        self.init(method: "GET", target: "/", version: .http1_1)
    }

    private init(method: String, target: String, version: HTTPVersion) {
        self.method = method
        self.target = target
        self.version = version
    }

    /// Reads the line without its CRLF.
    init(_ line: UnsafeRawBufferPointer) throws(HTTPParserError) {
        guard let methodEnd = line.firstIndex(of: 0x20) else { throw .invalidMethod }
        let method = UnsafeRawBufferPointer(rebasing: line[..<methodEnd])
        let suffix = line.count - Self.suffixLength
        guard suffix > methodEnd, line[suffix] == 0x20, let version = Self.version(line[(suffix + 1)...]) else {
            throw .invalidVersion
        }
        let target = UnsafeRawBufferPointer(rebasing: line[(methodEnd + 1)..<suffix])
        guard !target.isEmpty, target.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else { throw .invalidConstant }
        self.init(
            method: try Self.method(method), target: String(decoding: target, as: UTF8.self), version: version)
    }

    /// Whether these bytes can be a method. Methods are compared by case (RFC 9110 section 9.1). One with small letters
    /// is refused, because a server behind that forgives them would run an unguarded `post`.
    static func isMethod(_ bytes: some Collection<UInt8>) -> Bool {
        (1...longestMethod).contains(bytes.count)
            && bytes.allSatisfy { FieldName.isTokenByte($0) && !(0x61...0x7A).contains($0) }
    }

    private static func method(_ bytes: UnsafeRawBufferPointer) throws(HTTPParserError) -> String {
        switch bytes.count {
        case 3 where bytes.elementsEqual("GET".utf8): return "GET"
        case 3 where bytes.elementsEqual("PUT".utf8): return "PUT"
        case 4 where bytes.elementsEqual("POST".utf8): return "POST"
        case 5 where bytes.elementsEqual("PATCH".utf8): return "PATCH"
        case 6 where bytes.elementsEqual("DELETE".utf8): return "DELETE"
        default:
            guard isMethod(bytes) else { throw .invalidMethod }
            return String(decoding: bytes, as: UTF8.self)
        }
    }

    private static func version(_ bytes: Slice<UnsafeRawBufferPointer>) -> HTTPVersion? {
        guard bytes.dropLast().elementsEqual("HTTP/1.".utf8) else { return nil }
        switch bytes.last {
        case UInt8(ascii: "1"): return .http1_1
        case UInt8(ascii: "0"): return .http1_0
        default: return nil
        }
    }

    /// A space and the version.
    private static var suffixLength: Int { 9 }
    private static var longestMethod: Int { 32 }
}
