import Idempotency
import IdempotencyHTTP
import Synchronization
import Testing

@testable import IdempotencyGateway

@Suite("The memory for bodies and answers", .timeLimit(.minutes(2)))
struct MemoryTests {
    @Test("A quarter of a budget is left to answers, and nothing goes beyond it")
    func budget() {
        var budget = MemoryBudget(limit: 100)
        var taken = [budget.hold(75, for: .refusable), budget.hold(1, for: .refusable)]
        #expect(taken == [true, false])
        taken = [budget.hold(25, for: .answer), budget.hold(1, for: .answer)]
        #expect(taken == [true, false])
        budget.letGo(50)
        #expect(budget.held == 50)
        taken = [budget.hold(25, for: .refusable)]
        #expect(taken == [true])
    }

    @Test("Answers at the limit, just below and just above it, with and without a length: kept, or streamed and buried")
    func limits() async throws {
        try await Bench.run(settings: { $0.maximumResponse = 20_000 }) { request, reply in
            let parts = request.uri.split(separator: "/")
            let size = Int(parts[0]) ?? 0
            let body = String(repeating: "x", count: size)
            switch parts[1] {
            case "length": reply.answer(200, [], body)
            case "chunked":
                reply.raw("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
                reply.raw("\(String(size - 1, radix: 16))\r\n\(body.dropLast())\r\n1\r\nx\r\n0\r\n\r\n")
            default:
                reply.raw("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n\(body)")
                reply.close()
            }
        } test: { bench, _ async throws in
            for size in 19_999...20_001 {
                for framing in ["length", "chunked", "close"] {
                    let key = [("Idempotency-Key", "\(size)-\(framing)")]
                    let first = try await bench.request("POST", "/\(size)/\(framing)", key, body: "1")
                    #expect(first.status == 200)
                    #expect(first.body.utf8.count == size)
                    let again = try await bench.request("POST", "/\(size)/\(framing)", key, body: "1")
                    #expect(again.status == (size > 20_000 ? 410 : 200))
                    if size <= 20_000 {
                        #expect(again.body == first.body)
                        #expect(again["Content-Length"] == "\(size)")
                    }
                }
            }
            #expect(bench.upstream.requests.count == 9)
        }
    }

    @Test("Many large answers at once: what finds no room is streamed on and leaves a tombstone, small ones are kept")
    func crowd() async throws {
        let budget = 4 << 20
        let gate = Mutex([TestUpstream.Reply]())
        let large = String(repeating: "x", count: 1 << 20)
        try await Bench.run(
            configure: {
                $0.limits.heldBodies = budget
                $0.eventLoops = 1
            }
        ) { request, reply in
            if request.uri == "/small" { return reply.answer(200, [], "small") }
            gate.withLock { $0.append(reply) }
        } test: { bench, _ async throws in
            let count = 12
            try await withThrowingTaskGroup(of: RawClient.Answer.self) { group in
                for number in 0..<count {
                    group.addTask {
                        try await bench.request("POST", "/large", [("Idempotency-Key", "\(number)")], body: "1")
                    }
                }
                // A request that comes when answers fill the memory already would be refused.
                await bench.upstream.arrived(count)
                // All but the last byte of every answer comes before any of them ends.
                let head = "HTTP/1.1 200 OK\r\nContent-Length: \(large.utf8.count)\r\n\r\n"
                for reply in gate.withLock({ $0 }) { reply.raw(head + large.dropLast()) }
                let small = try await bench.request("POST", "/small", key, body: "1")
                #expect(small.body == "small" || small.status == 503, "kept, or refused before it ran")
                for reply in gate.withLock({ $0 }) { reply.raw("x") }
                for try await answer in group {
                    #expect(answer.status == 200)
                    #expect(answer.body.utf8.count == large.utf8.count)
                }
            }
            var kept = 0
            for number in 0..<count {
                let again = try await bench.request("POST", "/large", [("Idempotency-Key", "\(number)")], body: "1")
                if again.status == 200 { kept += 1 } else { #expect(again.status == 410) }
                if again.status == 200 { #expect(again.body.utf8.count == large.utf8.count) }
            }
            #expect(kept * MemoryBudget.copiesOfAnswer * large.utf8.count <= budget)
            #expect(bench.upstream.requests.count { $0.uri == "/large" } == count)
            // Nothing is held once all is told: there is room again.
            #expect(try await bench.request("POST", "/small", [("Idempotency-Key", "last")], body: "1").status == 200)
        }
    }

    @Test("Without room for its answer a request is refused before anything is claimed")
    func refused() async throws {
        let store = MemoryStore()
        try await Bench.run(store: store, configure: { $0.limits.heldBodies = 1000 }) { _, reply in
            reply.answer()
        } test: { bench, _ async throws in
            let answer = try await bench.request("POST", "/", key, body: "1")
            #expect(answer.status == 503)
            #expect(answer["Retry-After"] != nil)
            #expect(answer.body.contains(#""retry":"same-key""#))
            #expect(bench.upstream.requests.isEmpty)
            #expect(try await store.counts() == RecordCounts())
        }
    }
}
