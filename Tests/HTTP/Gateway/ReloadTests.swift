import Idempotency
import IdempotencyHTTP
import Synchronization
import Testing

@testable import IdempotencyGateway

@Suite("Another configuration while the gateway runs")
struct ReloadTests {
    @Test("Requests in flight end as they began, new ones get the new configuration, connections stay")
    func inFlight() async throws {
        let other = try await TestUpstream.start { _, reply in reply.answer(201, [], "new") }
        let held = Mutex<TestUpstream.Reply?>(nil)
        try await Bench.run(configure: { $0.eventLoops = 1 }) { _, reply in
            held.withLock { $0 = reply }
        } test: { bench, _ async throws in
            let early = try await bench.connect()
            try await early.send(RawClient.text("POST", "/", key, body: "1"))
            await bench.upstream.arrived(1)
            var settings = RouteSettings()
            settings.requirement = .required
            var configuration = bench.configuration
            configuration.policy = try GuardPolicy(defaults: settings)
            configuration.upstreams = [Origin(host: "127.0.0.1", port: other.port)]
            try await bench.gateway.reload(configuration)

            let late = try await bench.connect()
            #expect(try await late.request("POST", "/", body: "1").status == 400)
            let new = try await late.request("POST", "/", [("Idempotency-Key", "new")], body: "1")
            #expect(new.status == 201)
            #expect(bench.gateway.upstreams.map(\.origin) == configuration.upstreams)
            held.withLock { $0 }?.answer(200, [], "old")
            let answer = try await early.answer()
            #expect(answer.body == "old")
            // The connection that was open before is served by the new configuration now.
            #expect(try await early.request("POST", "/", body: "1").status == 400)
            let replay = try await early.request("POST", "/", key, body: "1")
            #expect(replay.body == "old")
            #expect(replay["Idempotent-Replayed"] == "true")
            #expect(bench.upstream.requests.count == 1)
            #expect(other.requests.count == 1)
        }
        await other.stop()
    }

    @Test("A request that began before is still held to its own time-out")
    func ownTimeout() async throws {
        try await Bench.run(configure: { configuration in
            configuration.eventLoops = 1
            configuration.timeouts.upstreamAnswer = .milliseconds(500)
        }) { request, reply in
            if request.uri != "/silent" { reply.answer() }
        } test: { bench, _ async throws in
            let early = try await bench.connect()
            try await early.send(RawClient.text("POST", "/silent", key, body: "1"))
            await bench.upstream.arrived(1)
            var configuration = bench.configuration
            configuration.timeouts.upstreamAnswer = .seconds(300)
            try await bench.gateway.reload(configuration)
            #expect(try await early.answer().status == 504)
        }
    }

    @Test("A request that is still being read goes by what held when it began")
    func halfRead() async throws {
        try await Bench.run(configure: { $0.eventLoops = 1 }) { _, reply in
            reply.answer()
        } test: { bench, _ async throws in
            let client = try await bench.connect()
            let text = RawClient.text("POST", "/", key, body: "12")
            try await client.send(String(text.dropLast()))
            try await client.send("")
            // The header has been read when a request behind it on the same loop has been answered.
            #expect(try await bench.request("GET", "/").status == 200)
            var settings = RouteSettings()
            settings.maximumBody = 1
            var configuration = bench.configuration
            configuration.policy = try GuardPolicy(defaults: settings)
            try await bench.gateway.reload(configuration)
            try await client.send("2")
            #expect(try await client.answer().status == 200)
            #expect(try await client.request("POST", "/", key, body: "12").status == 413)
        }
    }

    @Test("What cannot change while it runs is refused by name, and nothing changes")
    func fixed() async throws {
        try await Bench.run { _, reply in
            reply.answer()
        } test: { bench, _ async throws in
            var configuration = bench.configuration
            configuration.host = "127.0.0.2"
            configuration.interrupted = .rerun
            configuration.upstreams[0].port = 1
            let error = await #expect(throws: GatewayConfigurationError.self) {
                try await bench.gateway.reload(configuration)
            }
            let message = error?.description ?? ""
            #expect(message.contains("the address to listen on") && message.contains("interrupted"))
            #expect(bench.gateway.upstreams.map(\.origin) == bench.configuration.upstreams)
            #expect(try await bench.request("GET", "/").status == 200)
        }
    }

    @Test("A configuration that is wrong is refused, and nothing changes")
    func wrong() async throws {
        try await Bench.run { _, reply in
            reply.answer()
        } test: { bench, _ async throws in
            var configuration = bench.configuration
            configuration.upstreams = [Origin(host: "127.0.0.1", port: 1, isSecure: true)]
            configuration.upstreamTLS.authorities = "/nowhere/ca.pem"
            let error = await #expect(throws: GatewayConfigurationError.self) {
                try await bench.gateway.reload(configuration)
            }
            #expect(error?.description.contains("/nowhere/ca.pem") == true)
            #expect(bench.gateway.upstreams.map(\.origin) == bench.configuration.upstreams)
            #expect(try await bench.request("POST", "/", key, body: "1").status == 200)
        }
    }

    @Test("Limits that hold for all event loops together change as well")
    func limits() async throws {
        try await Bench.run(configure: { $0.limits.connections = 1 }) { _, reply in
            reply.answer()
        } test: { bench, _ async throws in
            let first = try await bench.connect()
            #expect(try await first.request("GET", "/").status == 200)
            let refused = try await bench.connect()
            await refused.ended()
            var configuration = bench.configuration
            configuration.limits.connections = 2
            try await bench.gateway.reload(configuration)
            let second = try await bench.connect()
            #expect(try await second.request("GET", "/").status == 200)
            #expect(try await first.request("GET", "/").status == 200)
        }
    }

    @Test("A gateway that does not run takes no other configuration")
    func notRunning() async throws {
        let stopped = Mutex<Gateway?>(nil)
        try await Bench.run { _, reply in
            reply.answer()
        } test: { bench, _ async throws in
            stopped.withLock { $0 = bench.gateway }
        }
        let gateway = try #require(stopped.withLock { $0 })
        let policy = try GuardPolicy()
        await #expect(throws: GatewayConfigurationError.self) {
            try await gateway.reload(GatewayConfiguration(upstream: Origin(host: "127.0.0.1", port: 1), policy: policy))
        }
    }
}
