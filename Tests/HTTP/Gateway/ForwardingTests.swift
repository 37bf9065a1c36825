import IdempotencyHTTP
import NIOHTTP1
import Synchronization
import Testing

@testable import IdempotencyGateway

@Suite("What the upstream is told about the client")
struct ForwardingTests {
    private static let claims = [
        ("X-Forwarded-For", "203.0.113.1"), ("X-Forwarded-For", "203.0.113.2"), ("X-Forwarded-Proto", "https"),
        ("X-Forwarded-Host", "shop.example"), ("Forwarded", "for=203.0.113.1"), ("X-Real-IP", "203.0.113.1"),
        ("X-Forwarded-Port", "443"),
    ]

    private func told(
        _ method: String, _ headers: [(String, String)], trusting proxies: [String]
    ) async throws -> [String: [String]] {
        let told = Mutex<[String: [String]]>([:])
        try await Bench.run(configure: { $0.trustedProxies = proxies.compactMap { AddressRange($0) } }) { _, reply in
            reply.answer()
        } test: { bench, _ async throws in
            #expect(try await bench.request(method, "/", headers, body: "1").status == 200)
            let request = try #require(bench.upstream.requests.first)
            told.withLock { told in
                for name in ForwardedClient.names + ["Via"] { told[name] = request.headers[name] }
            }
        }
        return told.withLock { $0 }
    }

    @Test(
        "Strangers are not believed: what they say is dropped, and the gateway says what it sees",
        arguments: ["POST", "PUT"])
    func strangers(method: String) async throws {
        let told = try await told(method, key + Self.claims, trusting: ["10.0.0.0/8", "127.0.0.2"])
        #expect(told["X-Forwarded-For"] == ["127.0.0.1"])
        #expect(told["X-Forwarded-Proto"] == ["http"])
        #expect(told["X-Forwarded-Host"] == ["test"])
        #expect(told["Forwarded"] == [#"for=127.0.0.1;proto=http;host="test""#])
        #expect(told["X-Real-IP"] == [] && told["X-Forwarded-Port"] == [])
        #expect(told["Via"] == ["1.1 once"])
    }

    @Test("A trusted proxy is believed, and its address is added to the chain", arguments: ["POST", "PUT"])
    func trusted(method: String) async throws {
        let told = try await told(method, key + Self.claims + [("Via", "1.0 front")], trusting: ["127.0.0.0/8"])
        #expect(told["X-Forwarded-For"] == ["203.0.113.1, 203.0.113.2, 127.0.0.1"])
        #expect(told["X-Forwarded-Proto"] == ["https"])
        #expect(told["X-Forwarded-Host"] == ["shop.example"])
        #expect(told["Forwarded"] == [#"for=203.0.113.1, for=127.0.0.1;proto=http;host="test""#])
        #expect(told["X-Real-IP"] == ["203.0.113.1"] && told["X-Forwarded-Port"] == ["443"])
        #expect(told["Via"] == ["1.0 front", "1.1 once"])
    }

    @Test("A trusted proxy that speaks one of the two ways is answered in kind: the other would hide the client")
    func inKind() async throws {
        let plain = try await told("POST", key + [("X-Forwarded-For", "203.0.113.1")], trusting: ["127.0.0.1"])
        #expect(plain["X-Forwarded-For"] == ["203.0.113.1, 127.0.0.1"] && plain["Forwarded"] == [])
        let standard = try await told("POST", key + [("Forwarded", "for=203.0.113.1")], trusting: ["127.0.0.1"])
        #expect(standard["X-Forwarded-For"] == [] && standard["Forwarded"]?.count == 1)
        let silent = try await told("POST", key, trusting: ["127.0.0.1"])
        #expect(silent["X-Forwarded-For"] == ["127.0.0.1"] && silent["Forwarded"]?.count == 1)
    }

    @Test(
        "Headers that only the gateway may set are removed from what a client sends, also from a trusted proxy",
        arguments: FieldName.internalNames)
    func internalHeaders(name: String) async throws {
        try await Bench.run(configure: { $0.trustedProxies = [try #require(AddressRange("127.0.0.1"))] }) { _, reply in
            reply.answer()
        } test: { bench, _ async throws in
            for spelling in [name, name.lowercased(), name.uppercased()] {
                let target = "/\(spelling)"
                let headers = [("Idempotency-Key", spelling), (spelling, "planted"), (spelling, "twice")]
                #expect(try await bench.request("POST", target, headers, body: "1").status == 200)
                #expect(try await bench.request("PUT", target, headers, body: "1").status == 200)
            }
            #expect(bench.upstream.requests.count == 6)
            for request in bench.upstream.requests {
                #expect(!request.headers[name].contains { $0 == "planted" || $0 == "twice" })
            }
        }
    }

    @Test(
        "A protected header in disguise is refused", arguments: ["X_Forwarded_For", "X_REAL_IP", "Idempotency_Attempt"])
    func disguise(name: String) async throws {
        try await Bench.run { _, reply in
            reply.answer()
        } test: { bench, _ async throws in
            #expect(try await bench.request("PUT", "/", [(name, "1")], body: "1").status == 400)
            #expect(bench.upstream.requests.isEmpty)
        }
    }
}

@Suite("Requests for a whole URL")
struct AbsoluteFormTests {
    @Test(
        "The URL's authority is the host, whatever Host says, and the rest is the target",
        arguments: [
            ("GET", "http://shop.example/p?q=1", "/p?q=1", "shop.example"),
            ("PUT", "HTTP://shop.example:8080/", "/", "shop.example:8080"), ("GET", "https://a.b", "/", "a.b"),
            ("GET", "http://a.b?q", "/?q", "a.b"), ("OPTIONS", "http://a.b", "*", "a.b"),
            ("OPTIONS", "http://a.b/", "/", "a.b"), ("GET", "http://[2001:db8::1]:80/x", "/x", "[2001:db8::1]:80"),
        ])
    func accepted(method: String, url: String, target: String, host: String) async throws {
        try await Bench.run { _, reply in
            reply.answer()
        } test: { bench, _ async throws in
            #expect(try await bench.request(method, url).status == 200)
            let request = try #require(bench.upstream.requests.first)
            #expect(request.uri == target)
            #expect(request.headers["Host"] == [host])
            #expect(request.headers["X-Forwarded-Host"] == [host])
        }
    }

    @Test(
        "What is no proper URL of a server is refused",
        arguments: [
            "http://", "http:///p", "http://u@a.b/", "http://u:p@a.b/", "http://a.b:x/", "http://a.b:/", "ftp://a.b/",
            "http://a.b\\c/", "http://a,b/", "http://[::1/", "http://[]/", "a.b/p", "http:a.b/p", "http://a.b:123456/",
        ])
    func refused(url: String) async throws {
        try await Bench.run { _, reply in
            reply.answer()
        } test: { bench, _ async throws in
            #expect(try await bench.request("GET", url).status == 400)
            #expect(bench.upstream.requests.isEmpty)
        }
    }

    @Test(
        "Host must still be there, once, and well-formed", arguments: ["", "Host: a\r\nHost: a\r\n", "Host: a b\r\n"])
    func hosts(lines: String) async throws {
        try await Bench.run { _, reply in
            reply.answer()
        } test: { bench, _ async throws in
            let client = try await bench.connect()
            try await client.send("GET http://a.b/ HTTP/1.1\r\n\(lines)\r\n")
            #expect(try await client.answer().status == 400)
            #expect(bench.upstream.requests.isEmpty)
        }
    }

    @Test("It is the same request as with the path alone: a retry in the other form is a replay")
    func sameRequest() async throws {
        try await Bench.run { _, reply in
            reply.answer()
        } test: { bench, _ async throws in
            #expect(try await bench.request("POST", "/p?a=1", key, body: "1").status == 200)
            let again = try await bench.request("POST", "http://test/p?a=1", key, body: "1")
            #expect(again["Idempotent-Replayed"] == "true")
            #expect(try await bench.request("POST", "http://test/q?a=1", key, body: "1").status == 422)
            #expect(bench.upstream.requests.count == 1)
        }
    }

    @Test("Rules for a path hold for it as well")
    func rules() async throws {
        var strict = RouteSettings()
        strict.requirement = .required
        let policy = try GuardPolicy(rules: [RouteRule(path: try PathPattern("/pay"), settings: strict)])
        try await Bench.run(configure: { $0.policy = policy }) { _, reply in
            reply.answer()
        } test: { bench, _ async throws in
            #expect(try await bench.request("POST", "http://any.example/pay", body: "1").status == 400)
            #expect(bench.upstream.requests.isEmpty)
        }
    }
}
