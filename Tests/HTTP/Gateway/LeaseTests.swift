import Idempotency
import IdempotencyHTTP
import Synchronization
import Testing

@testable import IdempotencyGateway

@Suite("A lease that ends before there is a connection to the upstream", .timeLimit(.minutes(1)))
struct LeaseTests {
    @Test("The request is not sent, as another attempt may be there by now; its key is free again")
    func notSent() async throws {
        let gate = Gate()
        let claimed = Mutex([RecordID]())
        // No lease of the second key is renewed.
        let store = ScriptedStore { _, exchange in
            claimed.withLock { claimed in
                if !claimed.contains(exchange.id) { claimed.append(exchange.id) }
                guard claimed.count > 1, exchange.id == claimed[1], exchange.expecting != .vacant,
                    case .running = exchange.next?.state
                else { return .none }
                return .refused
            }
        }
        try await Bench.run(
            store: store, settings: { $0.lease = .milliseconds(300) },
            configure: {
                $0.eventLoops = 1
                $0.limits.upstreamConnections = 1
                $0.timeouts.upstreamConnect = .seconds(30)
            }
        ) { _, reply in
            gate.keep(reply)
        } test: { bench, _ async throws in
            let first = try await bench.connect()
            try await first.send(RawClient.text("POST", "/", [("Idempotency-Key", "first")], body: "1"))
            await bench.upstream.arrived(1)
            let second = try await bench.connect()
            try await second.send(RawClient.text("POST", "/", [("Idempotency-Key", "second")], body: "1"))
            try await poll { claimed.withLock { $0.count } == 2 }
            let id = claimed.withLock { $0[1] }
            try await poll {
                let reply = try await store.memory.record(id)
                return reply.record.map { $0.remainingLease(at: reply.now) <= .zero } ?? false
            }
            try await gate.open()
            #expect(try await first.answer().body == "done")
            let refused = try await second.answer()
            #expect(refused.status == 503)
            #expect(refused.body.contains(#""retry":"same-key""#))
            #expect(bench.upstream.requests.count == 1)
            async let retry = bench.request("POST", "/", [("Idempotency-Key", "second")], body: "1")
            try await gate.open(1, 200, [], "ran")
            #expect(try await retry.body == "ran")
        }
    }
}
