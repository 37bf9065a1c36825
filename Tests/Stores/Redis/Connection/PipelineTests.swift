import Idempotency
import NIOCore
import StoreTestParts
import Testing

@testable import IdempotencyRedis

/// Replies go to those who asked, in order, and nobody is forgotten.
@Suite struct PipelineTests {
    private func exchange(_ number: Int) -> ServerRequest {
        ServerRequest(
            .exchange(ExchangeCommand(exchange: .claim(.test(number), .test(number)))), deadline: .distantFuture
        ) {
            _ in
        }
    }

    private func command(_ name: String) -> ServerRequest {
        ServerRequest(.command([name]), deadline: .distantFuture) { _ in }
    }

    private func name(_ answer: Pipeline.Answer) -> String {
        switch answer.request.content {
        case .command(let command): command[0]
        case .exchange(let command): command.exchange.id.description
        case .rewrite(let command): command.id.description
        case .notice: ""
        }
    }

    private let stored = RESPValue.array([.integer(1), .integer(5), .integer(5)])

    @Test("Replies are matched in the order of the requests")
    func order() throws {
        var pipeline = Pipeline()
        #expect(pipeline.append([command("a"), command("b")]) == nil)
        #expect(pipeline.append([command("c")]) == nil)
        for (expected, number) in zip(["a", "b", "c"], 1...) {
            let answers = pipeline.receive(.integer(Int64(number))) ?? []
            #expect(answers.map(name) == [expected])
            #expect(try answers[0].result.get() == .integer(Int64(number)))
        }
        #expect(pipeline.isEmpty)
        #expect(pipeline.receive(.integer(4)) == nil)
    }

    @Test("The answer to ASKING is nobody's")
    func asking() throws {
        var pipeline = Pipeline()
        var request = command("a")
        request.isAsking = true
        _ = pipeline.append([request, command("b")])
        #expect(pipeline.receive(.simple("OK"))?.isEmpty == true)
        #expect(pipeline.receive(.integer(1))?.map(name) == ["a"])
        #expect(pipeline.receive(.integer(2))?.map(name) == ["b"])
    }

    @Test("With replicas, exchanges are answered when enough of them have acknowledged the batch")
    func replicas() throws {
        var pipeline = Pipeline(replicas: .init(2, within: .milliseconds(300)))
        #expect(pipeline.append([exchange(1), exchange(2)]) == ["WAIT", "2", "300"])
        #expect(pipeline.append([command("PING")]) == nil)
        #expect(pipeline.receive(stored)?.isEmpty == true)
        #expect(pipeline.receive(stored)?.isEmpty == true)
        let answers = pipeline.receive(.integer(2)) ?? []
        #expect(answers.count == 2)
        #expect(answers.allSatisfy { (try? $0.result.get()) == stored })
        #expect(pipeline.receive(.simple("PONG"))?.map(name) == ["PING"])
    }

    @Test("With too few replicas, what was written is unknown and what was refused is told")
    func tooFewReplicas() throws {
        var pipeline = Pipeline(replicas: .init(2))
        _ = pipeline.append([exchange(1), exchange(2), exchange(3)])
        let conflict = RESPValue.array([.integer(0), .integer(5)])
        _ = pipeline.receive(stored)
        _ = pipeline.receive(conflict)
        // An error is told at once: nothing was written.
        #expect(pipeline.receive(.error("OOM command not allowed"))?.count == 1)
        let answers = pipeline.receive(.integer(1)) ?? []
        #expect(answers.count == 2)
        guard case .failure(let error) = answers[0].result else {
            Issue.record("it was answered as stored")
            return
        }
        #expect(error.effect == .unknown)
        #expect(try answers[1].result.get() == conflict)
    }

    @Test("With too few replicas, a writer that finds its own record does not hear that it is safe")
    func tooFewReplicasForRepetition() throws {
        var pipeline = Pipeline(replicas: .init(1))
        let request = exchange(1)
        guard case .exchange(let command) = request.content, let next = command.exchange.next else { return }
        _ = pipeline.append([request])
        var value = ByteBuffer()
        let pieces = RecordCoding.Pieces(next)
        pieces.writeHead(into: &value)
        value.writeBytes([UInt8](repeating: 0, count: 32))
        pieces.writeBody(into: &value)
        _ = pipeline.receive(.array([.integer(0), .integer(5), .bytes(value)]))
        let answers = pipeline.receive(.integer(0)) ?? []
        guard case .failure(let error) = answers[0].result else {
            Issue.record("it was told that its write is there")
            return
        }
        #expect(error.effect == .unknown)
    }

    @Test("When the connection is lost, all that was sent is unknown, what was held back too")
    func abandon() {
        var pipeline = Pipeline(replicas: .init(1))
        _ = pipeline.append([exchange(1), exchange(2)])
        _ = pipeline.append([exchange(3), command("PING")])
        _ = pipeline.receive(stored)
        let reason = StoreError(.unavailable, "lost", effect: .unknown)
        let answers = pipeline.abandon(reason)
        let expected = [1, 2, 3].map { id(exchange($0)) } + ["PING"]
        #expect(answers.map(name) == expected)
        #expect(pipeline.isEmpty)
        #expect(pipeline.abandon(reason).isEmpty)
    }

    private func id(_ request: ServerRequest) -> String {
        if case .exchange(let command) = request.content { command.exchange.id.description } else { "" }
    }
}
