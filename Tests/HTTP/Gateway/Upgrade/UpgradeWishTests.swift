import IdempotencyHTTP
import NIOHTTP1
import Testing

@testable import IdempotencyGateway

@Suite("Wishes for another protocol")
struct UpgradeWishTests {
    private func wish(
        _ fields: [(String, String)], method: String = "GET", version: HTTPVersion = .http1_1,
        allowed: [UpgradeProtocol] = [.webSocket]
    ) -> [String]? {
        let request = IncomingRequest(method, "/", headers(fields), version: version)
        return UpgradeWish(request, allowed: allowed)?.protocols
    }

    private func headers(_ fields: [(String, String)]) -> Headers {
        Headers(fields.map { HeaderField($0.0, $0.1) })
    }

    private static let plain = [("Connection", "Upgrade"), ("Upgrade", "websocket")]

    @Test("A wish counts when it is nominated, allowed, and by a GET request of HTTP/1.1 without a body")
    func granted() {
        #expect(wish(Self.plain) == ["websocket"])
        #expect(wish([("connection", "keep-alive, UPGRADE"), ("upgrade", "WebSocket")]) == ["WebSocket"])
        #expect(wish(Self.plain + [("Content-Length", "0")]) == ["websocket"])
    }

    @Test("Of several protocols only the allowed ones go on")
    func several() throws {
        let fields = [("Connection", "upgrade"), ("Upgrade", "h2c, example/2, websocket"), ("Upgrade", "example/1")]
        #expect(wish(fields) == ["websocket"])
        let example = try #require(UpgradeProtocol("EXAMPLE/1"))
        #expect(wish(fields, allowed: [.webSocket, example]) == ["websocket", "example/1"])
    }

    @Test(
        "A wish that is not nominated, or is for HTTP itself, or comes with a body, is none",
        arguments: [
            [("Upgrade", "websocket")], [("Connection", "upgrade")],
            [("Connection", "close"), ("Upgrade", "websocket")],
            [("Connection", "Upgrade, HTTP2-Settings"), ("Upgrade", "h2c"), ("HTTP2-Settings", "AA")],
            [("Connection", "upgrade"), ("Upgrade", "websocket/13")],
            plain + [("Content-Length", "1")], plain + [("Transfer-Encoding", "chunked")],
            plain + [("Expect", "100-continue")],
        ])
    func none(_ fields: [(String, String)]) {
        #expect(wish(fields) == nil)
    }

    @Test("Other methods, HTTP/1.0 and a gateway that allows none have no wish")
    func others() {
        for method in ["POST", "HEAD", "OPTIONS", "PUT", "PATCH", "DELETE"] {
            #expect(wish(Self.plain, method: method) == nil)
        }
        #expect(wish(Self.plain, version: .http1_0) == nil)
        #expect(wish(Self.plain, allowed: []) == nil)
    }

    @Test(
        "What carries requests, and what is no name, cannot be allowed",
        arguments: ["h2c", "H2C", "h2", "HTTP/2.0", "http", "tls/1.0", "TLS", "", "/1", "web socket", "a/b/c", "a,b"])
    func notAllowed(_ text: String) {
        #expect(UpgradeProtocol(text) == nil)
    }

    private func granted(_ fields: [(String, String)], version: HTTPVersion = .http1_1) throws -> Headers? {
        let wish = try #require(UpgradeWish(IncomingRequest("GET", "/", headers(Self.plain)), allowed: [.webSocket]))
        return wish.granted(by: AnswerHead(version: version, status: .switchingProtocols, headers: headers(fields)))
    }

    @Test("The answer that grants it goes on with the headers of the connection made anew")
    func answer() throws {
        let headers = try granted([
            ("connection", "keep-alive, upgrade"), ("upgrade", "WebSocket"), ("keep-alive", "timeout=5"),
            ("sec-websocket-accept", "x"),
        ])
        #expect(headers == ["sec-websocket-accept": "x", "Connection": "upgrade", "Upgrade": "WebSocket"])
    }

    @Test(
        "An answer that names another protocol, or could have a body, grants nothing",
        arguments: [
            [], [("Upgrade", "websocket")], [("Connection", "upgrade")],
            [("Connection", "upgrade"), ("Upgrade", "h2c")],
            [("Connection", "upgrade"), ("Upgrade", "websocket, websocket")],
            plain + [("Upgrade", "websocket")], plain + [("Content-Length", "0")],
            plain + [("Transfer-Encoding", "chunked")],
        ])
    func notGranted(_ fields: [(String, String)]) throws {
        #expect(try granted(fields) == nil)
        #expect(try granted(Self.plain, version: .http1_0) == nil)
    }
}
