import Idempotency
import IdempotencyHTTP
import Testing

@Suite("What the engine is asked for a guarded request")
struct RouteRequestTests {
    @Test("names the record by scope and key, and carries fingerprint and label")
    func request() throws {
        let policy = try GuardPolicy()
        let head = RequestHead(method: "POST", target: "/payments?secret=1", headers: ["Idempotency-Key": "k"])
        let route = try #require(policy.route(for: head))
        let key = try IdempotencyKey("k")
        let request = [UInt8]("{}".utf8).withUnsafeBytes { route.request(under: key, in: "a", head, body: $0) }
        #expect(request.id == RecordID(scope: "a", key: key))
        #expect(request.fingerprint == FingerprintRule().fingerprint(of: head, body: Array("{}".utf8)))
        #expect(request.label == Label(key: "k", scope: "a", operation: "POST /payments"))
    }

    @Test("is held to the route's terms, and to the server's rule where the route has none")
    func terms() throws {
        var settings = RouteSettings()
        settings.lease = .seconds(5)
        settings.retention = .seconds(60)
        settings.wait = .seconds(1)
        let head = RequestHead(method: "POST", target: "/")
        let route = try #require(try GuardPolicy(defaults: settings).route(for: head))
        #expect(
            route.terms(interrupted: .hold)
                == Terms(lease: .seconds(5), retention: .seconds(60), wait: .seconds(1), interrupted: .hold))
        settings.interrupted = .rerun
        let other = try #require(try GuardPolicy(defaults: settings).route(for: head))
        #expect(other.terms(interrupted: .hold).interrupted == .rerun)
    }
}
