import DynamoDBTestParts
import Idempotency
import NIOHTTP1
import StoreTestParts
import Testing

@testable import IdempotencyDynamoDB

/// DynamoDB's bad days, in front of moto: what is lost, refused, late and damaged.
@Suite(.enabled(if: MotoServer.isInstalled, Comment(rawValue: MotoServer.missing)))
struct FaultTests {
    /// Gives the body a store behind a scripted server.
    private func run(
        _ change: (inout DynamoDBStore.Configuration) -> Void = { _ in },
        _ body: (DynamoDBStore, ScriptedServer) async throws -> Void
    ) async throws {
        let moto = try MotoServer.shared()
        let server = try await ScriptedServer.start(to: moto.port)
        let store = try await moto.open(MotoServer.freshTable(), through: server.port, change)
        try await body(store, server)
        await store.close()
        try await server.stop()
    }

    private func failure(_ store: DynamoDBStore, _ exchange: Exchange) async -> StoreError? {
        do throws(StoreError) {
            _ = try await store.exchange(exchange)
            return nil
        } catch {
            return error
        }
    }

    static let lost: [ScriptedServer.Step] = [
        .loseAnswer, .mangle, .passThenAnswer(.failure("InternalServerError", status: 500)),
        .passThenAnswer(.init(502, "<html>bad gateway</html>")),
    ]

    @Test("Scenario 34: a claim that was done and not acknowledged is read back and counts as done", arguments: lost)
    func recognised(step: ScriptedServer.Step) async throws {
        try await run { (store, server) async throws in
            server.script("PutItem", step)
            let reply = try await store.exchange(.claim(.test(1), .test(1)))
            #expect(reply.isStored)
            #expect(store.statistics.recognised == 1)
            #expect(server.count("PutItem") == 1)
            #expect(try await store.record(.test(1)).record == reply.record)
        }
    }

    static let undone: [ScriptedServer.Step] = [
        .loseRequest, .answer(.failure("InternalServerError", status: 500)), .answer(.init(503, "")),
        .answer(.failure("ProvisionedThroughputExceededException")), .answer(.failure("ThrottlingException")),
        .answer(.failure("TransactionConflictException")),
    ]

    @Test("A write that was not done is sent again, and done once", arguments: undone)
    func again(step: ScriptedServer.Step) async throws {
        try await run { (store, server) async throws in
            server.script("PutItem", step, step)
            #expect(try await store.exchange(.claim(.test(1), .test(1))).isStored)
            #expect(server.count("PutItem") == 3)
            #expect(store.statistics.recognised == 0)
        }
    }

    @Test("A completion and a release that were done and not acknowledged are recognised too")
    func settlements() async throws {
        try await run { (store, server) async throws in
            let record = try #require(try await store.exchange(.claim(.test(1), .test(1))).record)
            server.script("PutItem", .loseAnswer)
            #expect(try await store.exchange(.complete(.test(1), record)).isStored)
            let second = try #require(try await store.exchange(.claim(.test(2), .test(2))).record)
            server.script("PutItem", .loseAnswer)
            let release = Exchange(.test(2), expecting: .running(second.owner), next: nil)
            #expect(try await store.exchange(release).isStored)
            #expect(try await store.record(.test(2)).record == nil)
        }
    }

    @Test(
        "A table that throttles until the deadline refuses without effect; one that only loses answers leaves it open")
    func deadline() async throws {
        try await run { (patient, server) async throws in
            // Opened with time enough, whatever else the machine does.
            let store = patient.hasty(.milliseconds(300))
            for _ in 0..<60 {
                server.script("PutItem", .answer(.failure("ProvisionedThroughputExceededException")))
            }
            let throttled = await failure(store, .claim(.test(1), .test(1)))
            #expect(throttled?.code == .unavailable)
            #expect(throttled?.effect == .notApplied)
            #expect(store.statistics.throttled > 1)
            server.clear()
            for _ in 0..<60 { server.script("PutItem", .loseRequest) }
            let lost = await failure(store, .claim(.test(2), .test(2)))
            #expect(lost?.code == .unavailable)
            #expect(lost?.effect == .unknown)
            // What is refused later says nothing of the try before.
            server.clear()
            server.script("PutItem", .loseRequest)
            for _ in 0..<60 {
                server.script("PutItem", .answer(.failure("ProvisionedThroughputExceededException")))
            }
            let both = await failure(store, .claim(.test(3), .test(3)))
            #expect(both?.code == .unavailable)
            #expect(both?.effect == .unknown)
        }
    }

    @Test("One exchange more than may be under way is refused without effect, and so is every one after the close")
    func limits() async throws {
        try await run({ $0.queueLimit = 0 }) { (store, server) async throws in
            let refused = await failure(store, .claim(.test(1), .test(1)))
            #expect(refused?.code == .unavailable && refused?.effect == .notApplied)
            await store.close()
            let closed = await failure(store, .claim(.test(1), .test(1)))
            #expect(closed?.code == .shutDown && closed?.effect == .notApplied)
            #expect(server.count("PutItem") == 0)
        }
    }

    @Test("A write that is not answered in time is given up, read back, and recognised")
    func slow() async throws {
        try await run({ $0.tryTimeout = .milliseconds(400) }) { (store, server) async throws in
            server.script("PutItem", .swallow)
            #expect(try await store.exchange(.claim(.test(1), .test(1))).isStored)
            #expect(store.statistics.recognised == 1)
        }
    }

    @Test("After a loss somebody else's record leaves open what became of the write, and the next try is clear")
    func overtaken() async throws {
        try await run { (store, server) async throws in
            #expect(try await store.exchange(.claim(.test(1), .test(1))).isStored)
            server.script("PutItem", .loseRequest)
            #expect(await failure(store, .claim(.test(1), .test(2)))?.effect == .unknown)
            #expect(try await store.exchange(.claim(.test(1), .test(2))).record?.owner == .test(1))
        }
    }

    @Test(
        "What somebody has to change is refused at once, without effect",
        arguments: [
            "AccessDeniedException", "IncompleteSignature", "UnrecognizedClientException", "ResourceNotFoundException",
            "ValidationException",
        ])
    func misuse(name: String) async throws {
        try await run { (store, server) async throws in
            server.script("PutItem", .answer(.failure(name, "no")))
            let error = await failure(store, .claim(.test(1), .test(1)))
            #expect(error?.code == .misuse)
            #expect(error?.effect == .notApplied)
            #expect(server.count("PutItem") == 1)
        }
    }

    @Test("A time that is refused is corrected by the answer's Date, and the write is done under the server's time")
    func skew() async throws {
        try await run { (store, server) async throws in
            let date = ("Date", "Thu, 01 Jan 2032 00:00:30 GMT")
            var refusal = ScriptedServer.Canned.failure("RequestTimeTooSkewed")
            refusal.headers = [date]
            server.script("PutItem", .answer(refusal))
            #expect(try await store.exchange(.claim(.test(1), .test(1))).isStored)
            let signed = server.calls.filter { $0.operation == "PutItem" }.compactMap {
                $0.headers.first(name: "X-Amz-Date")
            }
            #expect(signed.last?.hasPrefix("20320101T0000") == true)
            #expect(store.statistics.clockCorrections > 0)
        }
    }

    @Test("Scenario 34: what is larger than an item is refused before it is sent, so that a tombstone takes its place")
    func tooLarge() async throws {
        try await run { (store, server) async throws in
            let record = try #require(try await store.exchange(.claim(.test(1), .test(1))).record)
            let sent = server.count("PutItem")
            let large = Exchange.complete(.test(1), record, [UInt8](repeating: 7, count: 410_000))
            let error = await failure(store, large)
            #expect(error?.code == .tooLarge)
            #expect(error?.effect == .notApplied)
            #expect(server.count("PutItem") == sent)
            server.script("PutItem", .answer(.failure("ValidationException", "Item size has exceeded the maximum")))
            #expect(await failure(store, .complete(.test(1), record))?.code == .tooLarge)
        }
    }

    @Test("A walk asks for every item once, whole, and for nothing else")
    func walk() async throws {
        try await run { (store, server) async throws in
            for number in 0..<7 {
                let record = try #require(try await store.exchange(.claim(.test(number), .test(number))).record)
                if number > 0 { _ = try await store.exchange(.complete(.test(number), record, [UInt8(number)])) }
            }
            var entries: [RecordPage.Entry] = []
            var place: WalkPlace?
            repeat {
                let page = try await store.walk(from: place, limit: 3)
                entries += page.entries
                place = page.next
            } while place != nil
            #expect(entries.count == 7 && server.count("Scan") == 3 && server.count("GetItem") == 0)
            for entry in entries { #expect(try await store.record(entry.id).record == entry.record) }
        }
    }

    @Test("A fence that a clock ahead has written is exceeded all the same")
    func fences() async throws {
        try await run { (store, server) async throws in
            let far = Fence(9_000_000_000_000_000)
            var draft = Draft(claiming: .test(1), owner: .test(1), lease: .seconds(30))
            draft.fence = far
            _ = try await store.exchange(Exchange(.test(1), expecting: .vacant, next: draft))
            _ = try await store.exchange(Exchange(.test(1), expecting: .running(.test(1)), next: nil))
            let next = try #require(try await store.exchange(.claim(.test(1), .test(2))).record)
            #expect(next.fence > far)
        }
    }
}
