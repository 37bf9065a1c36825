import DynamoDBTestParts
import Idempotency
import NIOCore
import NIOPosix
import StoreTestParts
import Testing

@testable import IdempotencyDynamoDB

/// What is done beside exchanges: sweeping, counting by scope, writing anew.
@Suite(.enabled(if: MotoServer.isInstalled, Comment(rawValue: MotoServer.missing)))
struct UpkeepTests {
    /// Opens a store, behind a scripted server, in a table that does not remove what has expired.
    private func openWithoutExpiry(
        _ server: ScriptedServer, _ change: (inout DynamoDBStore.Configuration) -> Void = { _ in }
    ) async throws -> DynamoDBStore {
        let moto = try MotoServer.shared()
        let table = MotoServer.freshTable()
        let maker = try await moto.open(MotoServer.freshTable())
        let context = StoreContext(
            table: table, maker.context.configuration, client: maker.context.client, logger: silent)
        try await TableMaker(context: context).create()
        let store = try await moto.open(table, through: server.port) {
            $0.createsTable = false
            change(&$0)
        }
        #expect(!store.report.expiresItems)
        await maker.close()
        return store
    }

    /// What lies in the table under a key, or `nil`.
    private func state(_ number: Int, in store: DynamoDBStore) async throws -> String? {
        let body = try ReadRequest(TableName: store.context.table, id: .test(number)).json()
        let answer = try await store.context.patientCall("GetItem", body)
        return try ServiceAnswers.read(ServiceAnswers.OneItem.self, answer).Item?["state"]?.text
    }

    @discardableResult
    private func execute(
        _ number: Int, in store: DynamoDBStore, retention: Duration = .seconds(3600)
    ) async throws -> Record {
        let record = try #require(try await store.exchange(.claim(.test(number), .test(number))).record)
        let exchange = Exchange.complete(.test(number), record, [1, 2, 3], retention: retention)
        return try #require(try await store.exchange(exchange).record)
    }

    @Test("Without a time to live a sweep empties what has expired, remembers its fence, and leaves all else")
    func sweep() async throws {
        let server = try await ScriptedServer.start(to: MotoServer.shared().port)
        let store = try await openWithoutExpiry(server)
        var last = Fence(0)
        for number in 1...3 { last = max(last, try await execute(number, in: store, retention: .zero).fence) }
        try await execute(4, in: store)
        _ = try await store.exchange(.claim(.test(5), .test(5)))
        let doubted = try #require(try await store.exchange(.claim(.test(6), .test(6))).record)
        let doubt = Draft(doubted, state: .inDoubt(.unknownEnd))
        _ = try await store.exchange(Exchange(.test(6), expecting: .running(.test(6)), next: doubt))
        // As many as are asked for, then fewer, as none is left.
        #expect(try await store.sweep(limit: 2) == 2)
        #expect(try await store.sweep(limit: 2) == 1)
        #expect(try await store.sweep(limit: 2) == 0)
        for number in 1...3 { #expect(try await state(number, in: store) == "vacant") }
        #expect(try await store.counts() == RecordCounts(running: 1, completed: 1, inDoubt: 1))
        #expect(server.count("DeleteItem") == 0)
        #expect(try #require(try await store.exchange(.claim(.test(3), .test(9))).record).fence > last)
        await store.close()
        try await server.stop()
    }

    @Test("Vacant keys are removed when their fence need not be remembered any more")
    func fences() async throws {
        let server = try await ScriptedServer.start(to: MotoServer.shared().port)
        let store = try await openWithoutExpiry(server) { $0.fenceMemory = .zero }
        try await execute(1, in: store, retention: .zero)
        try await execute(2, in: store)
        #expect(try await store.sweep(limit: 10) == 1)
        #expect(try await state(1, in: store) == "vacant")
        #expect(try await store.sweep(limit: 10) == 0)
        #expect(try await state(1, in: store) == nil)
        #expect(try await state(2, in: store) == "completed")
        #expect(server.count("DeleteItem") == 1)
        await store.close()
        try await server.stop()
    }

    @Test("What is claimed between the look of a sweep and its write stays, expired or vacant")
    func sweptTooLate() async throws {
        let moto = try MotoServer.shared()
        let server = try await ScriptedServer.start(to: moto.port)
        let store = try await openWithoutExpiry(server) { $0.fenceMemory = .zero }
        let other = try await moto.open(store.context.table) { $0.createsTable = false }
        try await execute(1, in: store, retention: .zero)
        // In turn the expired record is emptied, then removed; each time somebody comes in between.
        for (owner, operation) in [(7, "PutItem"), (8, "DeleteItem")] {
            if operation == "DeleteItem" {
                _ = try await other.exchange(Exchange(.test(1), expecting: .running(.test(7)), next: nil))
            }
            let gate = MultiThreadedEventLoopGroup.singleton.next().makePromise(of: Void.self)
            server.script(operation, .passAfter(gate.futureResult))
            let before = server.count(operation)
            async let swept = store.sweep(limit: 10)
            try await server.waits(for: operation, beyond: before)
            #expect(try await other.exchange(.claim(.test(1), .test(owner))).isStored)
            gate.succeed()
            #expect(try await swept == 0)
            #expect(try await other.record(.test(1)).record?.owner == .test(owner))
        }
        await other.close()
        await store.close()
        try await server.stop()
    }

    @Test("With a time to live a sweep asks for nothing")
    func expiring() async throws {
        let moto = try MotoServer.shared()
        let server = try await ScriptedServer.start(to: moto.port)
        let store = try await moto.open(MotoServer.freshTable(), through: server.port)
        try await execute(1, in: store, retention: .zero)
        #expect(try await store.sweep(limit: 10) == 0)
        #expect(server.count("Scan") == 0)
        await store.close()
        try await server.stop()
    }

    @Test("What each scope takes is counted part by part: live records with outcome and checkpoint, and no others")
    func usage() async throws {
        let store = try await MotoServer.shared().open(MotoServer.freshTable())
        func claim(_ number: Int, _ scope: String) async throws -> Record {
            var draft = Draft(
                claiming: .test(1), owner: .test(number), lease: .seconds(30), label: Label(key: "k", scope: scope))
            draft.checkpoint = number == 2 ? [UInt8](repeating: 7, count: 100) : []
            let reply = try await store.exchange(Exchange(.test(number), expecting: .vacant, next: draft))
            return try #require(reply.record)
        }
        // Of one tenant an outcome, a checkpoint, a doubt; of another an outcome; what is over or given back is
        // nobody's.
        let bytes = [UInt8](repeating: 1, count: 50)
        _ = try await store.exchange(.complete(.test(1), try await claim(1, "a"), bytes))
        _ = try await claim(2, "a")
        let doubt = Draft(try await claim(3, "a"), state: .inDoubt(.unknownEnd))
        _ = try await store.exchange(Exchange(.test(3), expecting: .running(.test(3)), next: doubt))
        _ = try await store.exchange(.complete(.test(4), try await claim(4, "b"), bytes))
        _ = try await store.exchange(.complete(.test(5), try await claim(5, "b"), bytes, retention: .zero))
        _ = try await claim(6, "b")
        _ = try await store.exchange(Exchange(.test(6), expecting: .running(.test(6)), next: nil))
        for limit in [1, 2, 100] {
            var scopes: [String: StoreUsage] = [:]
            var parts = 0
            var cursor: UInt64?
            repeat {
                let page = try await store.usage(after: cursor, limit: limit)
                for (scope, usage) in page.scopes { scopes[scope, default: StoreUsage()] += usage }
                cursor = page.next
                parts += 1
            } while cursor != nil && parts < 50
            let record = StoreUsage.bytesPerRecord
            #expect(
                scopes == [
                    "a": StoreUsage(keys: 3, bytes: 3 * record + 150), "b": StoreUsage(keys: 1, bytes: record + 50),
                ])
            // Six items, looked at in parts of so many.
            #expect((6 / limit...6 / limit + 1).contains(parts) || limit == 100 && parts == 1)
        }
        await store.close()
    }

    @Test("A record that changes between the look of a rewriting and its write is left as it has become")
    func rewrittenTooLate() async throws {
        let moto = try MotoServer.shared()
        let server = try await ScriptedServer.start(to: moto.port)
        let store = try await moto.open(MotoServer.freshTable(), through: server.port)
        let other = try await moto.open(store.context.table) { $0.createsTable = false }
        let seen = try #require(try await store.exchange(.claim(.test(1), .test(1))).record)
        var content = RecordContent(of: seen)
        content.checkpoint = [9]
        let gate = MultiThreadedEventLoopGroup.singleton.next().makePromise(of: Void.self)
        server.script("PutItem", .passAfter(gate.futureResult))
        let before = server.count("PutItem")
        async let rewritten = store.rewrite(.test(1), seen: seen, as: content)
        try await server.waits(for: "PutItem", beyond: before)
        let done = try await other.exchange(.complete(.test(1), seen, [4, 2])).record
        gate.succeed()
        #expect(try await rewritten == false)
        #expect(try await other.record(.test(1)).record == done)
        await other.close()
        await store.close()
        try await server.stop()
    }
}

extension ScriptedServer {
    /// Waits until one more call of an operation has come than this many.
    fileprivate func waits(for operation: String, beyond count: Int) async throws {
        for _ in 0..<2000 where self.count(operation) <= count { try await Task.sleep(for: .milliseconds(5)) }
        #expect(self.count(operation) == count + 1)
    }
}
