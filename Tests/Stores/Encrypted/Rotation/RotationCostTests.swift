import Idempotency
import IdempotencyRedis
import RedisTestParts
import StoreTestParts
import Testing

@testable import IdempotencyEncrypted

/// What a rotation costs a store without indexes, counted in what the server was asked.
@Suite struct RotationCostTests {
    @Test("Over Redis every record is read once and written once, however small the pages are")
    func linear() async throws {
        let server = try await RedisServer.start(.never)
        let base = try await server.open()
        var keys = try EncryptionKeys(generating: "first")
        let store = EncryptedStore(base, keys: keys)
        for number in 0..<400 {
            let draft = Draft(
                claiming: .test(number), owner: .test(number), lease: .seconds(30), label: Label(key: "k\(number)"))
            let record = try await store.exchange(Exchange(.test(number), expecting: .vacant, next: draft)).stored
            _ = try await store.exchange(.complete(.test(number), record, [1]))
        }
        try keys.generate("second")
        try store.use(keys)
        try server.send("CONFIG", "RESETSTAT")
        let report = try await store.rotate(pageSize: 10, rest: .zero)
        #expect(report.rewritten == 400 && report.isComplete && report.needed.isEmpty)
        var calls = try server.calls()
        // Besides, the store's watch over the server's data beats once a second.
        #expect((400..<420).contains(calls["evalsha", default: 0]), "\(calls)")
        #expect((400..<420).contains(calls["eval", default: 0]), "\(calls)")
        #expect(calls["getrange"] == nil && calls["scan", default: 0] < 110, "\(calls)")
        // Once more: all are looked at, and none is written.
        try server.send("CONFIG", "RESETSTAT")
        #expect(try await store.rotate(pageSize: 10, rest: .zero).current == 400)
        calls = try server.calls()
        #expect((400..<420).contains(calls["evalsha", default: 0]) && calls["scan", default: 0] < 110)
        await base.close()
    }
}
