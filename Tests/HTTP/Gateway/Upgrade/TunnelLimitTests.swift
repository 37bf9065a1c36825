import NIOCore
import Testing

@testable import IdempotencyGateway

@Suite("What may be switched to another protocol, and for how long", .timeLimit(.minutes(2)))
struct TunnelLimitTests {
    @Test(
        "A request that may not be switched goes upstream without its wish, and its connection ends",
        arguments: [
            RawClient.text("GET", "/", [("Connection", "Upgrade, HTTP2-Settings"), ("Upgrade", "h2c")]),
            RawClient.text("GET", "/", [("Upgrade", "websocket")]),
            RawClient.text("GET", "/", [("Connection", "Upgrade"), ("Upgrade", "other")]),
            RawClient.text("GET", "/", TunnelBench.wish, body: "x"),
            RawClient.text("OPTIONS", "/", TunnelBench.wish),
            RawClient.text("POST", "/", TunnelBench.wish, body: "x"),
            RawClient.text("POST", "/", key + TunnelBench.wish, body: "x"),
            "GET / HTTP/1.0\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n",
        ])
    func withoutWish(_ request: String) async throws {
        try await TunnelBench.run { tunnel in
            let client = try await tunnel.bench.connect()
            try await client.send(request)
            let server = try await tunnel.upstream.connection()
            let names = try await server.head().1.map { $0.name.lowercased() }
            #expect(!names.contains("upgrade") && !names.contains("connection"))
            #expect(tunnel.tunnels == 0)
            try await server.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
            let answer = try await client.answer()
            #expect(answer.status == 200)
            #expect(answer["Connection"] == "close")
            await client.ended()
        }
    }

    @Test("Nothing is switched where that is turned off")
    func off() async throws {
        try await TunnelBench.run {
            $0.upgrades = []
        } _: { tunnel in
            let client = try await tunnel.bench.connect()
            try await client.send(TunnelBench.request)
            let server = try await tunnel.upstream.connection()
            #expect(try await !server.head().1.contains { $0.name.lowercased() == "upgrade" })
            try await server.send(TunnelBench.granted)
            #expect(try await client.answer().status == 502)
        }
    }

    @Test(
        "A switch that was not asked for, or not to this protocol, is 502 and ends the upstream's connection",
        arguments: [
            (RawClient.text("GET", "/"), TunnelBench.granted),
            (RawClient.text("POST", "/", TunnelBench.wish, body: "x"), TunnelBench.granted),
            (RawClient.text("POST", "/", key + TunnelBench.wish, body: "x"), TunnelBench.granted),
            (TunnelBench.request, "HTTP/1.1 101 X\r\nConnection: upgrade\r\nUpgrade: h2c\r\n\r\n"),
            (TunnelBench.request, "HTTP/1.1 101 X\r\nConnection: upgrade\r\n\r\n"),
            (TunnelBench.request, "HTTP/1.1 101 X\r\nUpgrade: websocket\r\n\r\n"),
            (
                TunnelBench.request,
                "HTTP/1.1 101 X\r\nContent-Length: 2\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n"
            ),
        ])
    func unasked(_ request: String, _ answer: String) async throws {
        try await TunnelBench.run { tunnel in
            let client = try await tunnel.bench.connect()
            try await client.send(request)
            let server = try await tunnel.upstream.connection()
            _ = try await server.head()
            try await server.send(answer + "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
            #expect(try await client.answer().status == 502)
            await server.ended()
            try await poll { tunnel.tunnels == 0 }
        }
    }

    @Test("An answer that grants nothing reaches the client like any other, and no byte behind the request goes on")
    func notGranted() async throws {
        try await TunnelBench.run {
            $0.eventLoops = 1
        } _: { tunnel in
            let client = try await tunnel.bench.connect()
            try await client.send(TunnelBench.request + "POST /smuggled HTTP/1.1\r\nHost: a\r\n\r\n")
            let server = try await tunnel.upstream.connection()
            _ = try await server.head()
            try await server.send("HTTP/1.1 426 Upgrade Required\r\nUpgrade: other\r\nContent-Length: 2\r\n\r\nno")
            let answer = try await client.answer()
            #expect(answer.status == 426)
            #expect(answer.body == "no")
            #expect(answer["Connection"] == "close")
            await client.ended()
            try await poll { tunnel.tunnels == 0 }
            // The connection is good for another request, and nothing lies between the two.
            let next = try await tunnel.bench.connect()
            try await next.send(RawClient.text("GET", "/next"))
            #expect(try await server.line() == "GET /next HTTP/1.1")
        }
    }

    @Test("So many at a time and no more; one that ends makes room, also one that is not granted")
    func limit() async throws {
        try await TunnelBench.run {
            $0.limits.tunnels = 1
        } _: { tunnel in
            let (client, server) = try await tunnel.open()
            let refused = try await tunnel.bench.request("GET", "/", TunnelBench.wish)
            #expect(refused.status == 503)
            #expect(refused["Retry-After"] == "10")
            await client.close()
            await server.close()
            try await poll { tunnel.tunnels == 0 }
            let waiting = try await tunnel.bench.connect()
            try await waiting.send(TunnelBench.request)
            _ = try await tunnel.upstream.connection().head()
            #expect(tunnel.tunnels == 1)
            await waiting.close()
            try await poll { tunnel.tunnels == 0 }
            _ = try await tunnel.open()
        }
    }

    @Test("A tunnel takes no connection to the upstream away from requests")
    func besideRequests() async throws {
        try await TunnelBench.run {
            $0.eventLoops = 1
            $0.limits.upstreamConnections = 1
        } _: { tunnel in
            let (client, _) = try await tunnel.open()
            let other = try await tunnel.bench.connect()
            try await other.send(RawClient.text("GET", "/"))
            let server = try await tunnel.upstream.connection()
            _ = try await server.head()
            try await server.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
            #expect(try await other.answer().body == "ok")
            await client.close()
        }
    }

    @Test("A drain ends a tunnel once it is quiet; what moves until then arrives")
    func drain() async throws {
        try await TunnelBench.run {
            $0.timeouts.drain = .seconds(60)
        } _: { tunnel in
            let (client, server) = try await tunnel.open()
            await tunnel.stop()
            try await poll { !tunnel.bench.gateway.isReady }
            try await client.send("ask")
            #expect(try await server.bytes(3) == Array("ask".utf8))
            try await server.send("answer")
            #expect(try await client.bytes(6) == Array("answer".utf8))
            await client.ended()
            await server.ended()
        }
    }

    @Test("A tunnel that begins in a drain ends once it is quiet, too")
    func beginsInDrain() async throws {
        try await TunnelBench.run {
            $0.timeouts.drain = .seconds(60)
        } _: { tunnel in
            let client = try await tunnel.bench.connect()
            try await client.send(TunnelBench.request)
            let server = try await tunnel.upstream.connection()
            _ = try await server.head()
            await tunnel.stop()
            try await poll { !tunnel.bench.gateway.isReady }
            try await server.send(TunnelBench.granted)
            #expect(try await client.head().0 == 101)
            await client.ended()
            await server.ended()
        }
    }

    @Test("The end of the drain ends a tunnel that never gets quiet")
    func drainOver() async throws {
        try await TunnelBench.run {
            $0.timeouts.drain = .milliseconds(200)
        } _: { tunnel in
            let (client, server) = try await tunnel.open()
            try await client.channel.setOption(.autoRead, value: false).get()
            await tunnel.stop()
            await server.ended()
            await client.close()
        }
    }

    @Test("A reload lets a tunnel go on")
    func reload() async throws {
        try await TunnelBench.run { tunnel in
            let (client, server) = try await tunnel.open()
            var configuration = tunnel.bench.configuration
            configuration.upgrades = []
            try await tunnel.bench.gateway.reload(configuration)
            try await client.send("ask")
            #expect(try await server.bytes(3) == Array("ask".utf8))
            #expect(tunnel.tunnels == 1)
            await client.close()
        }
    }
}
