import Foundation
import NIOCore
import Synchronization
import Testing

@testable import IdempotencyGateway

@Suite("Event loops that are late", .timeLimit(.minutes(2)))
struct PunctualityTests {
    private static let start = NIODeadline.uptimeNanoseconds(1_000_000_000)

    private func judgements(at milliseconds: [Int64]) -> [Bool] {
        var punctuality = Punctuality(now: Self.start)
        return milliseconds.map { punctuality.mayJudge(at: Self.start + .milliseconds($0)) }
    }

    @Test("A loop that is in time judges at every tick, also with some delay")
    func inTime() {
        #expect(judgements(at: [100, 200, 650, 651, 1100]) == [true, true, true, true, true])
    }

    @Test("After a rest that was too long it reads for two ticks before it judges")
    func late() {
        #expect(judgements(at: [5100, 5101, 5200, 5299, 5300]) == [false, false, false, false, true])
    }

    @Test("A loop that is late all the time judges after ten seconds all the same")
    func alwaysLate() {
        let ticks = (1...20).map { Int64($0) * 1000 }
        #expect(judgements(at: ticks) == ticks.map { $0 >= 11_000 })
    }

    @Test("Being late for a while does not count when it is late again much later")
    func again() {
        #expect(
            judgements(at: [1000, 1100, 1200, 12_000, 12_100, 12_200]) == [false, false, true, false, false, true])
    }

    /// Does `body` once all event loops are kept from everything, for two seconds.
    private func whileBusy(_ bench: Bench, _ body: () async throws -> Void) async throws {
        let loops = try #require(bench.gateway.state.withLock { $0.serving?.loops })
        let (started, begin) = AsyncStream.makeStream(of: Void.self)
        async let busy: Void = loops.onEach { _ in
            begin.yield()
            Thread.sleep(forTimeInterval: 2)
        }
        for await _ in started { break }
        try await body()
        await busy
    }

    @Test("A request that came while its loop was busy is answered, however long that took", arguments: [false, true])
    func busyLoop(withHTTP2: Bool) async throws {
        try await Bench.run(configure: { configuration in
            configuration.eventLoops = 1
            configuration.timeouts.header = .milliseconds(800)
        }) { _, reply in
            reply.answer(200, [], "ok")
        } test: { bench, _ async throws in
            let client = try await bench.connect()
            if withHTTP2 { try await client.send("PRI * HTTP/2.0\r\n") }
            // Another request, so that the first connection is known to have been accepted.
            #expect(try await bench.request("GET", "/").status == 200)
            try await whileBusy(bench) {
                guard withHTTP2 else { return #expect(try await client.request("GET", "/").body == "ok") }
                try await client.send("\r\nSM\r\n\r\n")
                let http2 = try await FrameClient(resuming: client)
                try await http2.request(1, "GET", "/")
                #expect(try await http2.answer(on: 1).status == 200)
            }
        }
    }

    @Test("An answer that came while the loop was busy counts, however long that took")
    func busyLoopAtUpstream() async throws {
        try await TunnelBench.run {
            $0.eventLoops = 1
            $0.timeouts.upstreamAnswer = .milliseconds(800)
        } _: { tunnel in
            let client = try await tunnel.bench.connect()
            try await client.send(RawClient.text("GET", "/"))
            let server = try await tunnel.upstream.connection()
            _ = try await server.head()
            try await whileBusy(tunnel.bench) {
                try await server.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
                #expect(try await client.answer().body == "ok")
            }
        }
    }
}
