import IdempotencyHTTP
import NIOHPACK
import NIOHTTP1
import Testing

@testable import IdempotencyGateway

@Suite("The header of an HTTP/2 request as HTTP/1.1")
struct HTTP2RequestTests {
    private static let control: HPACKHeaders = [
        ":method": "POST", ":scheme": "https", ":authority": "api.test", ":path": "/payments?a=1",
    ]

    private func head(
        _ fields: HPACKHeaders, _ more: [(String, String)] = [], endsStream: Bool = false
    ) throws -> RequestHead {
        var fields = fields
        for (name, value) in more { fields.add(name: name, value: value) }
        let request = try HTTP2Request.head(fields, endsStream: endsStream, limits: GatewayLimits())
        #expect(request.version == .http1_1)
        return request.head
    }

    @Test("It has the same method, target and headers, and Host from :authority")
    func plain() throws {
        let head = try head(Self.control, [("idempotency-key", "k"), ("te", "trailers"), ("x", "1"), ("x", "2")])
        #expect(head.method == "POST" && head.target == "/payments?a=1")
        #expect(head.headers.values(of: "host") == ["api.test"] && head.headers.values(of: "x") == ["1", "2"])
        #expect(head.headers.contains { $0.name.hasPrefix(":") } == false)
    }

    @Test("A body without a length is chunked, one with a length keeps it, and none has none")
    func framing() throws {
        #expect(try head(Self.control).headers.values(of: "transfer-encoding") == ["chunked"])
        let sized = try head(Self.control, [("content-length", "5")]).headers
        #expect(sized.values(of: "content-length") == ["5"] && !sized.contains("transfer-encoding"))
        let empty = try head(Self.control, endsStream: true).headers
        #expect(empty.values(of: "content-length") == ["0"] && !empty.contains("transfer-encoding"))
        let get: HPACKHeaders = [":method": "GET", ":scheme": "http", ":authority": "a", ":path": "/"]
        #expect(try head(get, endsStream: true).headers.count == 1)
    }

    @Test("The crumbs of a cookie are one header")
    func cookies() throws {
        let head = try head(Self.control, [("cookie", "a=1"), ("x", "y"), ("cookie", "b=2"), ("cookie", "c=3")])
        #expect(head.headers.values(of: "cookie") == ["a=1; b=2; c=3"])
    }

    @Test("Host may stand for :authority, and may repeat it")
    func host() throws {
        let without: HPACKHeaders = [":method": "GET", ":scheme": "http", ":path": "/"]
        #expect(try head(without, [("host", "a.test")]).headers.values(of: "host") == ["a.test"])
        #expect(try head(Self.control, [("host", "api.test")]).headers.values(of: "host") == ["api.test"])
    }

    @Test(
        "What would mean something else in HTTP/1.1 is refused",
        arguments: [
            [("X-Upper", "1")], [("connection", "close")], [("keep-alive", "1")], [("proxy-connection", "close")],
            [("transfer-encoding", "chunked")], [("upgrade", "h2c")], [("te", "gzip")], [("host", "other.test")],
            [("host", "api.test"), ("host", "api.test")], [("x", "a\r\nidempotency-key: b")], [("x", "a\nb")],
            [("x", "a\u{0}b")], [("x", " a")], [("x", "a\t")], [("x y", "a")], [("", "a")], [("x\r\ny", "a")],
            [("content-length", "5"), ("content-length", "5")], [("content-length", "+5")],
            [("content-length", "5, 5")],
            [(":method", "GET")], [(":path", "/other")],
        ])
    func refused(more: [(String, String)]) {
        #expect(throws: HTTP2Request.Flaw.self) { try head(Self.control, more) }
    }

    @Test(
        "A malformed request line is refused",
        arguments: [
            ["GET / HTTP/1.1\r\nx:", "https", "a", "/"], ["", "https", "a", "/"], ["CONNECT", "https", "a", "/"],
            ["GET", "ftp", "a", "/"], ["GET", "https", "", "/"], ["GET", "https", "a b", "/"],
            ["GET", "https", "user@a", "/"], ["GET", "https", "a\r\nx: y", "/"], ["GET", "https", "a", ""],
            ["GET", "https", "a", "/ HTTP/1.1\r\nx: y"], ["GET", "https", "a", "/a b"], ["GET", "https", "a", "*"],
            // A server behind that forgives small letters would run it, and nobody would have guarded it.
            ["post", "https", "a", "/"], ["Post", "https", "a", "/"],
            [String(repeating: "M", count: 33), "https", "a", "/"],
            ["GET", "https", "a", "http://b/"], ["GET", "https", "a", "/#f"], ["GET", "https", "a", "/\u{E9}"],
        ])
    func requestLine(parts: [String]) {
        let fields: HPACKHeaders = [
            ":method": parts[0], ":scheme": parts[1], ":authority": parts[2], ":path": parts[3],
        ]
        #expect(throws: HTTP2Request.Flaw.self) { try head(fields) }
    }

    @Test("A pseudo-header that is missing, unknown, or behind a header is refused", arguments: 0..<5)
    func controlData(number: Int) {
        let sections: [HPACKHeaders] = [
            [":scheme": "http", ":authority": "a", ":path": "/"], [":method": "GET", ":authority": "a", ":path": "/"],
            [":method": "GET", ":scheme": "http", ":authority": "a"],
            [":method": "GET", ":scheme": "http", ":authority": "a", ":path": "/", ":protocol": "websocket"],
            [":method": "GET", ":scheme": "http", "x": "y", ":authority": "a", ":path": "/"],
        ]
        #expect(throws: HTTP2Request.Flaw.self) { try head(sections[number]) }
    }

    @Test("What is too large is refused as such")
    func large() {
        let limits = GatewayLimits()
        let many = (0...limits.headerFields).map { ("x-\($0)", "y") }
        let long = [("x", String(repeating: "y", count: limits.headerFieldBytes))]
        let much = (0..<9).map { ("x-\($0)", String(repeating: "y", count: 4 << 10)) }
        let crumbs = (0..<9).map { _ in ("cookie", String(repeating: "y", count: 2 << 10)) }
        for more in [many, long, much, crumbs] {
            let error = #expect(throws: HTTP2Request.Flaw.self) { try head(Self.control, more) }
            #expect(error?.status == .requestHeaderFieldsTooLarge)
        }
    }

    @Test("Trailers are held to the same rules")
    func trailers() throws {
        let limits = GatewayLimits()
        let significant = ["X-Tenant"]
        let kept = try HTTP2Request.trailers(["x-sum": "1"], limits: limits, significant: significant)
        #expect(kept.values(of: "x-sum") == ["1"])
        let refused: [HPACKHeaders] = [
            ["X": "1"], ["x": "a\r\nb"], [":path": "/"], ["transfer-encoding": "chunked"], ["x-tenant": "a"],
        ]
        for fields in refused {
            #expect(throws: HTTP2Request.Flaw.self) {
                try HTTP2Request.trailers(fields, limits: limits, significant: significant)
            }
        }
    }
}
