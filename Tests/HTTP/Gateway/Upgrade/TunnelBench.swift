import Synchronization
import Testing

@testable import IdempotencyGateway

/// A gateway in front of an upstream that the test writes by hand, and connections through both.
struct TunnelBench: Sendable {
    let bench: Bench
    let upstream: RawUpstream
    let stop: @Sendable () async -> Void

    static let wish = [("Connection", "Upgrade"), ("Upgrade", "websocket"), ("Sec-WebSocket-Key", "k")]
    static let request = RawClient.text("GET", "/socket", wish)
    static let granted = "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n"

    /// Runs a gateway for the time of `test`.
    static func run(
        _ configure: @escaping (inout GatewayConfiguration) throws -> Void = { _ in },
        _ test: @escaping @Sendable (TunnelBench) async throws -> Void
    ) async throws {
        let upstream = try await RawUpstream.start()
        try await Bench.run(
            configure: {
                $0.upstreams = [Origin(host: "127.0.0.1", port: upstream.port)]
                try configure(&$0)
            }
        ) { _, _ in
        } test: { bench, stop async throws in
            try await test(TunnelBench(bench: bench, upstream: upstream, stop: stop))
        }
    }

    /// How many tunnels the gateway counts.
    var tunnels: Int { bench.gateway.state.withLock { $0.serving?.shared.census.tunnels ?? 0 } }

    /// Both ends of a new tunnel.
    func open() async throws -> (client: RawClient, server: RawClient) {
        try await open(bench.connect())
    }

    /// Both ends of a tunnel over this connection; each goes on when the other has ended.
    func open(_ client: RawClient) async throws -> (client: RawClient, server: RawClient) {
        try await client.outlivesOtherSide()
        try await client.send(Self.request)
        let server = try await upstream.connection()
        try await server.outlivesOtherSide()
        _ = try await server.head()
        try await server.send(Self.granted)
        #expect(try await client.head().0 == 101)
        return (client, server)
    }
}
