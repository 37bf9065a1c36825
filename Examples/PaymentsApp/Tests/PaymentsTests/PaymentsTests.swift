import Foundation
import GRDB
import Hummingbird
import HummingbirdTesting
import Payments
import Testing

@Suite("The payments app") struct PaymentsTests {
    let database: DatabasePool
    let app: Application<RouterResponder<BasicRequestContext>>

    init() async throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "payments-\(UUID()).db").path
        database = try DatabasePool(path: path)
        let service = try PaymentsService(database: database)
        try await service.open("alice", cents: 10_000)
        try await service.open("alice", cents: 10_000)
        app = Application(router: service.router())
    }

    @Test("a payment and its retries move the money once, and all get the same answer")
    func retries() async throws {
        try await app.test(.router) { client async throws in
            let first = try await client.pay("p-1", cents: 2500)
            #expect(first.status == .created && first.headers[.idempotentReplayed] == nil)
            for _ in 0..<3 {
                let retry = try await client.pay("p-1", cents: 2500)
                #expect(retry.status == .created && retry.body == first.body)
                #expect(retry.headers[.idempotentReplayed] == "true")
            }
        }
        #expect(try await balances() == ["alice": 7500, "bob": 2500, "world": -10_000])
    }

    @Test("fifty duplicates at once move the money once")
    func stampede() async throws {
        try await app.test(.router) { client async throws in
            let bodies = try await withThrowingTaskGroup(of: ByteBuffer.self) { group in
                for _ in 0..<50 { group.addTask { try await client.pay("p-1", cents: 2500).body } }
                return try await group.reduce(into: Set()) { $0.insert($1) }
            }
            #expect(bodies.count == 1)
        }
        #expect(try await balances()["bob"] == 2500)
    }

    @Test("another amount under the same key is refused and moves nothing")
    func mismatch() async throws {
        try await app.test(.router) { client async throws in
            _ = try await client.pay("p-1", cents: 2500)
            let other = try await client.pay("p-1", cents: 9999)
            #expect(other.status == .unprocessableContent)
            #expect(String(buffer: other.body).contains("Idempotency-Key is already used"))
            let without = try await client.pay(nil, cents: 2500)
            #expect(without.status == .badRequest)
            // Where the refusals link to.
            let policy = try await client.execute(uri: "/.well-known/idempotency", method: .get) { $0.status }
            #expect(policy == .ok)
        }
        #expect(try await balances()["bob"] == 2500)
    }

    @Test("a declined payment stays declined under its key, though there is money by then")
    func declined() async throws {
        try await app.test(.router) { client async throws in
            let first = try await client.pay("p-1", from: "bob", to: "alice", cents: 100)
            #expect(first.status.code == 402)
            #expect(try await client.pay("p-2", cents: 2500).status == .created)
            let retry = try await client.pay("p-1", from: "bob", to: "alice", cents: 100)
            #expect(retry.status.code == 402 && retry.body == first.body)
            #expect(try await client.pay("p-3", from: "bob", to: "alice", cents: 100).status == .created)
        }
    }

    @Test("a payment that fails in the middle leaves neither rows nor key, so that its retry runs")
    func rollback() async throws {
        try await database.write { db in
            try db.execute(
                sql: """
                    CREATE TRIGGER full BEFORE INSERT ON entry WHEN NEW.account = 'bob'
                    BEGIN SELECT RAISE(ABORT, 'disk full'); END
                    """)
        }
        try await app.test(.router) { client async throws in
            #expect(try await client.pay("p-1", cents: 2500).status == .internalServerError)
            #expect(try await balances() == ["alice": 10_000, "world": -10_000])
            try await database.write { db in try db.execute(sql: "DROP TRIGGER full") }
            #expect(try await client.pay("p-1", cents: 2500).status == .created)
        }
        #expect(try await balances()["bob"] == 2500)
    }

    private func balances() async throws -> [String: Int] {
        try await database.read { db in
            let rows = try Row.fetchAll(db, sql: "SELECT account, SUM(cents) AS cents FROM entry GROUP BY account")
            return Dictionary(uniqueKeysWithValues: rows.map { ($0["account"], $0["cents"]) })
        }
    }
}

extension TestClientProtocol {
    /// Sends a payment.
    func pay(_ key: String?, from: String = "alice", to: String = "bob", cents: Int) async throws -> TestResponse {
        var headers: HTTPFields = [.contentType: "application/json"]
        if let key { headers[.idempotencyKey] = key }
        let body = ByteBuffer(string: #"{"from":"\#(from)","to":"\#(to)","cents":\#(cents)}"#)
        return try await execute(uri: "/payments", method: .post, headers: headers, body: body) { $0 }
    }
}
