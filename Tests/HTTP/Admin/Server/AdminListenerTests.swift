import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Idempotency
import Logging
import NIOCore
import Testing

@testable import IdempotencyAdmin

@Suite("The admin listener")
struct AdminListenerTests {
    private static let token = "0123456789abcdef"

    private struct Office {
        let desk = Desk()
        let isReady: Bool
        let store: (any ListingStore)?

        func test(_ body: @escaping @Sendable (any TestClientProtocol) async throws -> Void) async throws {
            let token = try #require(AdminToken(AdminListenerTests.token))
            var configuration = AdminConfiguration(token: token)
            configuration.readinessPatience = .milliseconds(50)
            let isReady = isReady
            let listener = AdminListener(
                configuration: configuration,
                operations: KeyOperations(store: store ?? desk.store, audit: desk.audit, clock: desk.clock),
                program: .init(isReady: { isReady }, metrics: { ("a_metric 1\n", "text/plain; version=0.0.4") }),
                logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }))
            try await Application(router: listener.router).test(.router, body)
        }
    }

    private func office(isReady: Bool = true, store: (any ListingStore)? = nil) -> Office {
        Office(isReady: isReady, store: store)
    }

    private static let authorized: HTTPFields = [.authorization: "Bearer \(token)"]

    @Test("Health, readiness and metrics need no token")
    func open() async throws {
        try await office().test { client in
            try await client.execute(uri: "/healthz", method: .get) { #expect($0.status == .ok) }
            try await client.execute(uri: "/readyz", method: .get) { #expect($0.status == .ok) }
            try await client.execute(uri: "/metrics", method: .get) { response in
                #expect(String(buffer: response.body) == "a_metric 1\n")
                #expect(response.headers[.contentType] == "text/plain; version=0.0.4")
            }
        }
    }

    @Test("It is not ready while requests are not taken, nor while the store refuses or is silent")
    func readiness() async throws {
        try await office(isReady: false).test { client in
            try await client.execute(uri: "/readyz", method: .get) { #expect($0.status == .serviceUnavailable) }
        }
        for store in [SickStore.refusing, .silent] {
            try await office(store: store).test { client in
                try await client.execute(uri: "/readyz", method: .get) { #expect($0.status == .serviceUnavailable) }
                try await client.execute(uri: "/healthz", method: .get) { #expect($0.status == .ok) }
            }
        }
    }

    @Test(
        "Without the token the keys API tells nothing",
        arguments: [nil, "Bearer wrong-wrong-wrong-wrong", "Basic 0123456789abcdef", "0123456789abcdef", "Bearer "])
    func unauthorized(header: String?) async throws {
        let office = office()
        try await office.desk.doubt("k")
        let id = try office.desk.id("k")
        try await office.test { client in
            var headers = HTTPFields()
            headers[.authorization] = header
            for (uri, method) in [
                ("/keys", HTTPRequest.Method.get), ("/keys/\(id)", .get), ("/keys/\(id)/release", .post),
            ] {
                try await client.execute(uri: uri, method: method, headers: headers) { response in
                    #expect(response.status == .unauthorized)
                    #expect(response.headers[.wwwAuthenticate]?.hasPrefix("Bearer") == true)
                }
            }
        }
        #expect(try await office.desk.store.record(id).record != nil)
    }

    @Test("Keys are listed by state and page")
    func list() async throws {
        let office = office()
        try await office.desk.doubt("a")
        office.desk.clock.advance(by: .seconds(1))
        try await office.desk.doubt("b")
        try await office.desk.claim("c")
        try await office.test { client in
            let first = try await client.json("/keys?state=in-doubt&limit=1", headers: Self.authorized)
            let records = try #require(first["records"] as? [[String: Any]])
            #expect(records.map { $0["key"] as? String } == ["a"])
            let next = try #require(first["next"] as? String)
            let second = try await client.json("/keys?state=in-doubt&after=\(next)", headers: Self.authorized)
            #expect((second["records"] as? [[String: Any]])?.map { $0["key"] as? String } == ["b"])
            #expect(second["next"] == nil)
        }
    }

    @Test(
        "A wrong query is refused with what is allowed",
        arguments: ["stat=running", "state=doubt", "limit=0", "limit=x", "after=1"])
    func wrongQuery(query: String) async throws {
        try await office().test { client in
            try await client.execute(uri: "/keys?\(query)", method: .get, headers: Self.authorized) { response in
                #expect(response.status == .badRequest)
                #expect(response.headers[.contentType] == "application/problem+json")
            }
        }
    }

    @Test("A key in doubt is resolved with a response, which is then shown")
    func resolve() async throws {
        let office = office()
        try await office.desk.doubt("k")
        let id = try office.desk.id("k")
        try await office.test { client in
            let body = """
                {"reason": "seen at the bank", "by": "ann", "status": 201, "headers": [["Content-Type", "text/plain"]],
                 "body": "paid", "retentionSeconds": 60}
                """
            let settled = try await client.json(
                "/keys/\(id)/resolve", method: .post, headers: Self.authorized, body: body)
            #expect(settled["state"] as? String == "completed")
            let shown = try await client.json("/keys/\(id)", headers: Self.authorized)
            let response = try #require((shown["outcome"] as? [String: Any])?["response"] as? [String: Any])
            #expect(response["status"] as? Int == 201)
            #expect((response["body"] as? [String: Any])?["text"] as? String == "paid")
        }
        #expect(office.desk.audit.lines.map(\.author) == ["admin-api:ann", "admin-api:ann"])
    }

    @Test("A key in doubt is released")
    func release() async throws {
        let office = office()
        try await office.desk.doubt("k")
        let id = try office.desk.id("k")
        try await office.test { client in
            let settled = try await client.json(
                "/keys/\(id)/release", method: .post, headers: Self.authorized, body: "{\"reason\": \"no trace\"}")
            #expect(settled["state"] as? String == "vacant")
        }
        #expect(try await office.desk.store.record(id).record == nil)
    }

    @Test(
        "What cannot be done says why by status and code",
        arguments: [
            ("running", "release", "{\"reason\": \"r\"}", 409, "running"),
            ("doubtful", "release", "{}", 400, "reason-missing"),
            ("doubtful", "release", "{\"reason\": \"r\", \"status\": 200}", 400, "bad-request"),
            ("doubtful", "release", "nonsense", 400, "bad-request"),
            ("doubtful", "resolve", "{\"reason\": \"r\"}", 400, "bad-request"),
            ("doubtful", "resolve", "{\"reason\": \"r\", \"status\": \"200\"}", 400, "bad-request"),
            ("doubtful", "resolve", "{\"reason\": \"r\", \"status\": 700}", 400, "bad-request"),
            ("vacant", "release", "{\"reason\": \"r\"}", 404, "not-found"),
        ])
    func refusals(key: String, action: String, body: String, status: Int, code: String) async throws {
        let office = office()
        try await office.desk.doubt("doubtful")
        try await office.desk.claim("running")
        let id = try office.desk.id(key)
        try await office.test { client in
            let buffer = ByteBuffer(string: body)
            try await client.execute(
                uri: "/keys/\(id)/\(action)", method: .post, headers: Self.authorized, body: buffer
            ) { response in
                let problem =
                    try JSONSerialization.jsonObject(with: Data(response.body.readableBytesView)) as? [String: Any]
                #expect(response.status.code == status && problem?["code"] as? String == code)
            }
        }
        #expect(office.desk.audit.lines.isEmpty)
    }

    @Test(
        "A token must be long and fit into a header", arguments: ["", "short", "0123456789 abcdef", "0123456789abcdé"])
    func tokens(text: String) {
        #expect(AdminToken(text) == nil)
    }
}

extension TestClientProtocol {
    /// Sends a request and reads the JSON object that it is answered with.
    fileprivate func json(
        _ uri: String, method: HTTPRequest.Method = .get, headers: HTTPFields, body: String? = nil
    ) async throws -> [String: Any] {
        let response = try await executeRequest(
            uri: uri, method: method, headers: headers, body: body.map { ByteBuffer(string: $0) })
        #expect(response.status == .ok)
        return try #require(
            try JSONSerialization.jsonObject(with: Data(response.body.readableBytesView)) as? [String: Any])
    }
}
