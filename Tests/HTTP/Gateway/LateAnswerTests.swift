import Idempotency
import IdempotencyHTTP
import NIOCore
import NIOHTTP1
import Synchronization
import Testing

@testable import IdempotencyGateway

@Suite("An upstream that answers after its time-out", .timeLimit(.minutes(2)))
struct LateAnswerTests {
    /// A gateway that gives an upstream up soon and keeps the exchange open for long.
    private static func patient(_ configuration: inout GatewayConfiguration) {
        configuration.timeouts.upstreamAnswer = .milliseconds(300)
        configuration.timeouts.lateAnswer = .seconds(60)
        configuration.eventLoops = 1
    }

    /// The only record of a store that is in doubt, as soon as there is one.
    private static func doubt(in store: MemoryStore) async throws -> RecordPage.Entry {
        let query = RecordQuery(states: [.inDoubt])
        try await poll { try await !store.records(query).entries.isEmpty }
        return try #require(try await store.records(query).entries.first)
    }

    @Test("Settles its doubt: the retry gets the answer, and nothing is sent twice")
    func settles() async throws {
        let gate = Gate()
        try await Bench.run(configure: Self.patient) { _, reply in
            gate.keep(reply)
        } test: { bench, _ async throws in
            #expect(try await bench.request("POST", "/", key, body: "1").status == 504)
            #expect(try await bench.request("POST", "/", key, body: "1").status == 409)
            try await gate.open(0, 201, [("Location", "/payments/1")], "late")
            try await bench.events.lateAnswers(1)
            let retry = try await bench.request("POST", "/", key, body: "1")
            #expect(retry.status == 201)
            #expect(retry.body == "late")
            #expect(retry["Location"] == "/payments/1")
            #expect(retry["Idempotent-Replayed"] == "true")
            #expect(bench.events.lateAnswers == [.settled])
            #expect(bench.upstream.requests.count == 1)
        }
    }

    @Test("Frees the key when it says that it did nothing")
    func releases() async throws {
        let gate = Gate()
        try await Bench.run(configure: Self.patient) { _, reply in
            gate.keep(reply)
        } test: { bench, _ async throws in
            #expect(try await bench.request("POST", "/", key, body: "1").status == 504)
            try await gate.open(0, 503, [("Retry-After", "1")])
            try await bench.events.lateAnswers(1)
            async let retry = bench.request("POST", "/", key, body: "1")
            await bench.upstream.arrived(2)
            try await gate.open(1, 200, [], "second")
            _ = try await retry
            #expect(bench.events.lateAnswers.first == .settled)
        }
    }

    @Test("Changes nothing when it does not tell, or when it breaks off", arguments: ["502", "", "garbage\r\n\r\n"])
    func tellsNothing(answer: String) async throws {
        let gate = Gate()
        let store = MemoryStore()
        try await Bench.run(store: store, configure: Self.patient) { _, reply in
            gate.keep(reply)
        } test: { bench, _ async throws in
            #expect(try await bench.request("POST", "/", key, body: "1").status == 504)
            if answer == "502" { try await gate.open(0, 502) } else { try await gate.reply().raw(answer) }
            try await gate.reply().close()
            try await bench.events.lateAnswers(1)
            #expect(bench.events.lateAnswers == [.missing])
            #expect(try await bench.request("POST", "/", key, body: "1").status == 409)
            #expect(try await store.counts().inDoubt == 1)
        }
    }

    @Test("What an operator settled meanwhile stands", arguments: [true, false])
    func overruled(resolves: Bool) async throws {
        let gate = Gate()
        let store = MemoryStore()
        try await Bench.run(store: store, configure: Self.patient) { _, reply in
            gate.keep(reply)
        } test: { bench, _ async throws in
            #expect(try await bench.request("POST", "/", key, body: "1").status == 504)
            let entry = try await Self.doubt(in: store)
            let said = StoredAnswer.response(StoredResponse(status: 200, headers: [:], body: Array("said".utf8)[...]))
            let next = Draft(entry.record, state: .completed(said.outcome, retention: .seconds(60)))
            _ = try await store.exchange(
                Exchange(entry.id, expecting: .inDoubt(entry.record.owner), next: resolves ? next : nil))
            try await gate.open(0, 200, [], "late")
            try await bench.events.lateAnswers(1)
            #expect(bench.events.lateAnswers == [.overruled])
            if resolves {
                #expect(try await bench.request("POST", "/", key, body: "1").body == "said")
            } else {
                #expect(try await store.counts() == RecordCounts())
            }
        }
    }

    @Test("A duplicate that may wait gets the late answer, whether it waited before the time-out or came after it")
    func waiting() async throws {
        let gate = Gate()
        let store = ScriptedStore { _, _ in .none }
        try await Bench.run(store: store, settings: { $0.wait = .seconds(60) }, configure: Self.patient) { _, reply in
            gate.keep(reply)
        } test: { bench, _ async throws in
            let first = try await bench.connect()
            try await first.send(RawClient.text("POST", "/", key, body: "1"))
            await bench.upstream.arrived(1)
            async let early = bench.request("POST", "/", key, body: "1")
            #expect(try await first.answer().status == 504)
            let before = store.exchanges
            async let later = bench.request("POST", "/", key, body: "1")
            try await poll { store.exchanges >= before + 3 }
            try await gate.open(0, 200, [], "late")
            for answer in try await [early, later] {
                #expect(answer.status == 200)
                #expect(answer.body == "late")
                #expect(answer["Idempotent-Replayed"] == "true")
            }
        }
    }

    @Test("A duplicate that waits for a late answer is told of the doubt as soon as none can come any more")
    func waitingInVain() async throws {
        let gate = Gate()
        try await Bench.run(settings: { $0.wait = .seconds(100) }, configure: Self.patient) { _, reply in
            gate.keep(reply)
        } test: { bench, _ async throws in
            #expect(try await bench.request("POST", "/", key, body: "1").status == 504)
            async let later = bench.request("POST", "/", key, body: "1")
            try await poll { !bench.events.outcomes.isEmpty }
            try await gate.reply().close()
            let answer = try await later
            #expect(answer.status == 409)
            #expect(answer.body.contains("in-doubt"))
        }
    }

    @Test("The connection serves nobody else meanwhile, and others afterwards")
    func connection() async throws {
        let gate = Gate()
        try await Bench.run(
            configure: {
                Self.patient(&$0)
                // The others have to be answered in this time, also by a busy machine.
                $0.timeouts.upstreamAnswer = .seconds(3)
            }
        ) { request, reply in
            if request.method == "POST" { gate.keep(reply) } else { reply.answer(200, [], "other") }
        } test: { bench, _ async throws in
            #expect(try await bench.request("POST", "/", key, body: "1").status == 504)
            for _ in 1...3 { #expect(try await bench.request("GET", "/").body == "other") }
            let kept = try #require(bench.upstream.requests.first?.connection)
            #expect(!bench.upstream.requests.dropFirst().contains { $0.connection == kept })
            try await gate.open(0, 200, [], "late")
            try await bench.events.lateAnswers(1)
            #expect(try await bench.request("GET", "/").body == "other")
            #expect(bench.upstream.requests.last?.connection == kept)
        }
    }

    @Test("Is waited for only so long, and only so many are")
    func bounded() async throws {
        let store = MemoryStore()
        try await Bench.run(
            store: store,
            configure: {
                Self.patient(&$0)
                $0.timeouts.lateAnswer = .milliseconds(300)
                $0.limits.lateAnswers = 1
            }
        ) { _, _ in
        } test: { bench, _ async throws in
            async let first = bench.request("POST", "/", [("Idempotency-Key", "a")], body: "1")
            async let second = bench.request("POST", "/", [("Idempotency-Key", "b")], body: "1")
            #expect(try await [first.status, second.status] == [504, 504])
            try await bench.events.lateAnswers(2)
            #expect(Set(bench.events.lateAnswers) == [.refused, .missing])
            #expect(try await store.counts().inDoubt == 2)
        }
    }

    @Test("Switched off, the exchange ends with its time-out")
    func switchedOff() async throws {
        let gate = Gate()
        try await Bench.run(
            configure: {
                Self.patient(&$0)
                $0.timeouts.lateAnswer = .zero
            }
        ) { _, reply in
            gate.keep(reply)
        } test: { bench, _ async throws in
            #expect(try await bench.request("POST", "/", key, body: "1").status == 504)
            try await gate.reply().channel.closeFuture.get()
            #expect(bench.events.lateAnswers.isEmpty)
        }
    }

    @Test("A shutdown waits for it within its grace, and not longer")
    func shutdown() async throws {
        let gate = Gate()
        let store = MemoryStore()
        try await Bench.run(
            store: store,
            configure: {
                Self.patient(&$0)
                $0.timeouts.drain = .seconds(60)
            }
        ) { _, reply in
            gate.keep(reply)
        } test: { bench, stop async throws in
            #expect(try await bench.request("POST", "/", key, body: "1").status == 504)
            await stop()
            try await gate.open(0, 200, [], "late")
        }
        #expect(try await store.counts().completed == 1)

        let cut = MemoryStore()
        try await Bench.run(
            store: cut,
            configure: {
                Self.patient(&$0)
                $0.timeouts.drain = .milliseconds(100)
            }
        ) { _, _ in
        } test: { bench, stop async throws in
            #expect(try await bench.request("POST", "/", key, body: "1").status == 504)
            await stop()
        }
        #expect(try await cut.counts().inDoubt == 1)
    }

    @Test("One that is too large, or a stream, leaves a tombstone")
    func tombstone() async throws {
        let gate = Gate()
        try await Bench.run(settings: { $0.maximumResponse = 10 }, configure: Self.patient) { _, reply in
            gate.keep(reply)
        } test: { bench, _ async throws in
            #expect(try await bench.request("POST", "/", key, body: "1").status == 504)
            try await gate.open(0, 200, [], "more than ten bytes")
            try await bench.events.lateAnswers(1)
            let retry = try await bench.request("POST", "/", key, body: "1")
            #expect(retry.status == 410)
            #expect(retry.body.contains("answer-not-kept"))
        }
    }

    @Test("An answer that stops in the middle and goes on after the time-out settles its doubt, too")
    func inTheMiddle() async throws {
        let gate = Gate()
        try await Bench.run(configure: Self.patient) { _, reply in
            reply.raw("HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\nfirst")
            gate.keep(reply)
        } test: { bench, _ async throws in
            #expect(try await bench.request("POST", "/", key, body: "1").status == 504)
            try await gate.reply().raw("end")
            try await bench.events.lateAnswers(1)
            #expect(try await bench.request("POST", "/", key, body: "1").body == "firstend")
        }
    }

    @Test("With rerun nothing is kept open: the key is free, and the next request runs")
    func rerun() async throws {
        let gate = Gate()
        try await Bench.run(
            configure: {
                Self.patient(&$0)
                $0.interrupted = .rerun
            }
        ) { _, reply in
            gate.keep(reply)
        } test: { bench, _ async throws in
            #expect(try await bench.request("POST", "/", key, body: "1").status == 504)
            try await gate.reply().channel.closeFuture.get()
            #expect(bench.events.lateAnswers.isEmpty)
        }
    }
}
