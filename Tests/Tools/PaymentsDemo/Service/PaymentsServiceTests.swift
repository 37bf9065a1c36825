import Foundation
import GRDB
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Logging
import Synchronization
import Testing

@testable import PaymentsDemo

@Suite struct PaymentsServiceTests {
    @Test("A payment is answered with 201 and its receipt") func aPaymentIsAnsweredWith201And() async throws {
        try await withService { client in
            let answer = try await client.pay(#"{"customer":"you","amount":2000,"side":"with","order":"o"}"#)
            #expect(answer.status == .created)
            #expect(
                String(buffer: answer.body)
                    == #"{"amount":2000,"customer":"you","id":1,"order":"o","side":"with"}"#)
        }
    }

    @Test("The same key twice makes two payments, since the service itself does not guard")
    func theSameKeyTwiceMakesTwoPayments() async throws {
        try await withService { client in
            for _ in 1...2 {
                let answer = try await client.pay(
                    #"{"customer":"you","amount":2000,"side":"without","order":"o"}"#,
                    headers: [.idempotencyKey: #""k""#])
                #expect(answer.status == .created)
            }
            #expect(try await client.state(order: "o").sides.map(\.orderPayments) == [0, 2])
        }
    }

    @Test(
        "What cannot be a payment is refused, and nothing moves",
        arguments: [
            (#"{"customer":"you","amount":0,"side":"with"}"#, 400),
            (#"{"customer":"you","amount":-5,"side":"with"}"#, 400),
            (#"{"customer":"you","amount":1000001,"side":"with"}"#, 400),
            (#"{"customer":"you","amount":1.5,"side":"with"}"#, 400),
            (#"{"customer":"you","amount":5,"side":"beside"}"#, 400),
            (#"{"customer":"you","amount":5}"#, 400),
            (#"{"customer":"you","amount":5,"side":"with","order":"\#(String(repeating: "o", count: 65))"}"#, 400),
            ("hello", 400),
            (#"{"customer":"you","amount":100001,"side":"with"}"#, 402),
            (#"{"customer":"somebody","amount":5,"side":"with"}"#, 404),
        ])
    func whatCannotBeAPaymentIsRefused(body: String, status: Int) async throws {
        try await withService { client in
            let answer = try await client.pay(body)
            let state = try await client.state(order: nil)
            #expect(answer.status.code == status)
            #expect(state.sides.map(\.payments) == [0, 0])
        }
    }

    @Test("Starting over empties the ledger") func startingOverEmptiesTheLedger() async throws {
        try await withService { client in
            _ = try await client.pay(#"{"customer":"you","amount":2000,"side":"with"}"#)
            let answer = try await client.execute(uri: "/api/reset", method: .post)
            #expect(answer.status == .ok)
            let state = try await client.state(order: nil)
            #expect(state.sides.map(\.balance) == [100_000, 100_000])
            #expect(state.total == 0)
        }
    }

    @Test("The page is one document that loads nothing from elsewhere") func thePageIsOneDocumentThatLoads()
        async throws
    {
        try await withService { client in
            let answer = try await client.execute(uri: "/", method: .get)
            let page = String(buffer: answer.body)
            #expect(answer.headers[.contentSecurityPolicy]?.hasPrefix("default-src 'none'") == true)
            #expect(page.contains("</html>") && page.contains("--paper") && page.contains("SCENARIOS"))
            #expect(!page.contains("/* page.css */") && !page.contains("/* page.js */"))
            #expect(page.firstMatch(of: /(src|href)="[^#d]/) == nil)
        }
    }

    @Test("A crash is asked for before or after the commit", arguments: [("before-commit", 0), ("after-commit", 1)])
    func aCrashIsAskedForBeforeOr(point: String, payments: Int) async throws {
        let seen = Mutex<[Int]>([])
        try await withTemporaryFolder { folder in
            let ledger = folder.appending(path: "ledger.db").path(percentEncoded: false)
            let service = try makeService(ledger: ledger) {
                // Another connection sees what a process that starts after this moment would find.
                let found = try? DatabaseQueue(path: ledger).read { db in
                    try Int.fetchOne(db, sql: "SELECT COUNT(*) FROM payment")
                }
                seen.withLock { $0.append(found ?? -1) }
            }
            try await Application(router: service.router()).test(.router) { client in
                _ = try await client.pay(
                    #"{"customer":"you","amount":2000,"side":"with"}"#, headers: [.demoCrash: point])
            }
        }
        #expect(seen.withLock { $0 } == [payments])
    }
}
