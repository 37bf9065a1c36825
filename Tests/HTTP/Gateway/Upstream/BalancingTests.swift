import Idempotency
import IdempotencyHTTP
import NIOHTTP1
import Synchronization
import Testing

@testable import IdempotencyGateway

@Suite("Several addresses of an upstream")
struct BalancingTests {
    /// Runs a gateway in front of two upstreams; the second is given to the test.
    private func run(
        store: any RecordStore = MemoryStore(), configure: (inout GatewayConfiguration) throws -> Void = { _ in },
        first: @escaping TestUpstream.Handler = { _, reply in reply.answer(200, [], "first") },
        second: @escaping TestUpstream.Handler = { _, reply in reply.answer(200, [], "second") },
        test: @escaping @Sendable (Bench, TestUpstream) async throws -> Void
    ) async throws {
        let other = try await TestUpstream.start(second)
        try await Bench.run(
            store: store,
            configure: { configuration in
                configuration.eventLoops = 1
                configuration.upstreams.append(Origin(host: "127.0.0.1", port: other.port))
                try configure(&configuration)
            }
        ) { request, reply in
            first(request, reply)
        } test: { bench, _ in
            try await test(bench, other)
        }
        await other.stop()
    }

    private func post(_ bench: Bench, _ key: String) async throws -> RawClient.Answer {
        try await bench.request("POST", "/", [("Idempotency-Key", key)], body: "1")
    }

    @Test("Requests are shared out in turn among addresses that are equally busy")
    func turns() async throws {
        try await run { bench, other async throws in
            for _ in 1...5 {
                _ = try await bench.request("GET", "/")
                _ = try await post(bench, "key-\(UInt64.random(in: 0 ... .max))")
            }
            #expect(bench.upstream.requests.count == 5)
            #expect(other.requests.count == 5)
        }
    }

    @Test("A request goes where the fewest are outstanding")
    func leastOutstanding() async throws {
        let held = Mutex<[TestUpstream.Reply]>([])
        try await run(
            first: { request, reply in
                if request.uri == "/slow" { held.withLock { $0.append(reply) } } else { reply.answer() }
            },
            second: { request, reply in
                if request.uri == "/slow" { held.withLock { $0.append(reply) } } else { reply.answer() }
            }
        ) { bench, other async throws in
            let slow = try await bench.connect()
            try await slow.send(RawClient.text("GET", "/slow"))
            try await poll { bench.upstream.requests.count + other.requests.count == 1 }
            let busy = bench.upstream.requests.isEmpty ? other : bench.upstream
            for _ in 1...6 { #expect(try await bench.request("GET", "/").status == 200) }
            #expect(busy.requests.count == 1)
            for reply in held.withLock({ $0 }) { reply.answer() }
            #expect(try await slow.answer().status == 200)
            try await poll { bench.gateway.upstreams.allSatisfy { $0.outstanding == 0 } }
        }
    }

    @Test("A guarded request that cannot be sent to one address is sent to the next, once")
    func nextAddress() async throws {
        try await run(configure: { $0.upstreams[0].port = 1 }) { bench, other async throws in
            for number in 1...4 {
                let answer = try await post(bench, "key-\(number)")
                #expect(answer.status == 200)
                #expect(answer.body == "second")
                #expect(answer["Idempotent-Replayed"] == nil)
            }
            #expect(other.requests.count == 4)
            #expect(Set(other.requests.map { $0.headers["Idempotency-Key"] }).count == 4)
            #expect(bench.gateway.upstreams.map(\.usableAddresses) == [0, 1])
        }
    }

    @Test("Once a byte was sent, no other address gets the request", arguments: ["", "HTTP/1.1 2"])
    func neverTwice(beginning: String) async throws {
        let breaking: TestUpstream.Handler = { _, reply in
            if !beginning.isEmpty { reply.raw(beginning) }
            reply.close()
        }
        try await run(first: breaking, second: breaking) { bench, other async throws in
            for number in 1...4 {
                #expect(try await post(bench, "key-\(number)").status == 502)
                #expect(try await post(bench, "key-\(number)").status == 409)
            }
            #expect(bench.upstream.requests.count + other.requests.count == 4)
            // What is not guarded and not safe to repeat is not repeated either.
            #expect(try await bench.request("POST", "/", body: "1").status == 502)
            #expect(bench.upstream.requests.count + other.requests.count == 5)
        }
    }

    @Test("An address that cannot be reached is put aside, and gets requests again when it is back")
    func comesBack() async throws {
        try await run { bench, other async throws in
            let port = other.port
            await other.stop()
            // Until it is put aside, a request may still find it first; none is lost by that.
            for _ in 1...4 { #expect(try await bench.request("GET", "/").body == "first") }
            #expect(bench.gateway.upstreams.map(\.usableAddresses) == [1, 0])
            let revived = try await TestUpstream.start(port: port) { _, reply in reply.answer(200, [], "revived") }
            try await poll { bench.gateway.upstreams.map(\.usableAddresses) == [1, 1] }
            try await poll { bench.gateway.upstreams.map(\.outstanding) == [0, 0] }
            for _ in 1...4 { #expect(try await bench.request("GET", "/").status == 200) }
            #expect(revived.requests.count == 2)
            await revived.stop()
        }
    }

    @Test("With all addresses down a key is freed, and what was answered is still replayed")
    func allDown() async throws {
        let store = MemoryStore()
        try await run(
            store: store, configure: { $0.upstreams.removeLast() },
            first: { _, reply in
                reply.answer(200, [("Connection", "close")], "first")
                reply.close()
            }
        ) { bench, _ async throws in
            #expect(try await post(bench, "early").status == 200)
            await bench.upstream.stop()
            let refused = try await post(bench, "late")
            #expect(refused.status == 502)
            #expect(refused.body.contains(#""retry":"same-key""#))
            #expect(bench.gateway.upstreams.map(\.usableAddresses) == [0])
            let replay = try await post(bench, "early")
            #expect(replay.body == "first")
            #expect(replay["Idempotent-Replayed"] == "true")
            #expect(try await store.counts().completed == 1)
            #expect(try await store.counts().running == 0)
        }
    }

    @Test("An address that fails its health checks gets no request until it passes them again")
    func healthChecks() async throws {
        let isIll = Atomic<Bool>(true)
        try await run(
            configure: { configuration in
                var check = UpstreamHealthCheck(path: "/healthz?deep=1")
                check.interval = .milliseconds(100)
                configuration.health = check
            },
            second: { request, reply in
                let isCheck = request.uri == "/healthz?deep=1"
                reply.answer(isCheck && isIll.load(ordering: .relaxed) ? 503 : 200)
            }
        ) { bench, other async throws in
            try await poll { bench.gateway.upstreams.map(\.usableAddresses) == [1, 0] }
            let served = { other.requests.count { $0.method == "POST" } }
            for number in 1...4 { #expect(try await post(bench, "key-\(number)").status == 200) }
            #expect(served() == 0)
            isIll.store(false, ordering: .relaxed)
            try await poll { bench.gateway.upstreams.map(\.usableAddresses) == [1, 1] }
            for number in 5...8 { #expect(try await post(bench, "key-\(number)").status == 200) }
            #expect(served() == 2)
        }
    }

    @Test("Where every address fails its health checks nothing is sent, and the keys are free")
    func allIll() async throws {
        let store = MemoryStore()
        try await run(
            store: store,
            configure: { configuration in
                var check = UpstreamHealthCheck(path: "/healthz")
                check.interval = .milliseconds(100)
                configuration.health = check
                configuration.upstreams.removeLast()
            }, first: { _, reply in reply.answer(500) }
        ) { bench, _ async throws in
            try await poll { bench.gateway.upstreams.map(\.usableAddresses) == [0] }
            #expect(try await post(bench, "key").status == 502)
            #expect(bench.upstream.requests.allSatisfy { $0.method == "GET" })
            #expect(try await store.counts() == RecordCounts())
        }
    }

    @Test("A name is looked up, and one of its addresses that nobody listens at costs no request")
    func names() async throws {
        try await run(configure: { configuration in
            configuration.upstreams = [Origin(host: "localhost", port: configuration.upstreams[0].port)]
        }) { bench, _ async throws in
            for number in 1...6 { #expect(try await post(bench, "key-\(number)").body == "first") }
            #expect(bench.upstream.requests.count == 6)
            #expect(bench.gateway.upstreams[0].addresses >= 1)
        }
    }

    @Test("A name that is not known is no reason not to start: 502, and the key is free")
    func unknownName() async throws {
        let store = MemoryStore()
        try await run(
            store: store,
            configure: { configuration in
                configuration.upstreams = [Origin(host: "no-such-host.invalid", port: 80)]
            }
        ) { bench, _ async throws in
            #expect(try await post(bench, "key").status == 502)
            #expect(try await store.counts() == RecordCounts())
            #expect(bench.gateway.upstreams.map(\.addresses) == [0])
        }
    }
}
