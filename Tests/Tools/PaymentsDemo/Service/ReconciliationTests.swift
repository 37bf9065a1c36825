import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Testing

@testable import PaymentsDemo

@Suite struct ReconciliationTests {
    @Test("A payment that was made is told as the answer that its caller would have had")
    func aPaymentThatWasMadeIsTold() async throws {
        try await withService { client in
            let paid = try await client.pay(
                #"{"customer":"you","amount":2000,"side":"with","order":"o"}"#,
                headers: [.idempotencyKey: #""k""#, .idempotencyAttempt: "7"])
            let told = try await client.execute(
                uri: "/reconcile", method: .get, headers: [.idempotencyKey: #""k""#])
            #expect(told.status == .ok)
            #expect(told.headers[.contentType] == "message/http")
            let body = String(buffer: paid.body)
            #expect(body.contains(#""fence":7"#))
            let head = "HTTP/1.1 201 Created\r\nContent-Type: application/json\r\nContent-Length: \(body.utf8.count)"
            #expect(String(buffer: told.body) == "\(head)\r\n\r\n\(body)")
        }
    }

    @Test("A payment is found under both spellings of its key", arguments: ["k", #""k""#, #""k";a=1"#])
    func spellings(line: String) async throws {
        try await withService { client in
            _ = try await client.pay(
                #"{"customer":"you","amount":2000,"side":"with"}"#, headers: [.idempotencyKey: #""k""#])
            let told = try await client.execute(uri: "/reconcile", method: .get, headers: [.idempotencyKey: line])
            #expect(told.status == .ok)
        }
    }

    @Test("A payment of another scope is not told") func otherScope() async throws {
        try await withService { client in
            _ = try await client.pay(
                #"{"customer":"you","amount":2000,"side":"with"}"#,
                headers: [.idempotencyKey: "k", .idempotencyScope: "one"])
            let told = try await client.execute(
                uri: "/reconcile", method: .get, headers: [.idempotencyKey: "k", .idempotencyScope: "two"])
            #expect(told.status == .notFound)
        }
    }

    @Test("A key that made no payment is told to have done nothing") func aKeyThatMadeNoPaymentIs() async throws {
        try await withService { client in
            let told = try await client.execute(
                uri: "/reconcile", method: .get, headers: [.idempotencyKey: #""k""#])
            #expect(told.status == .notFound)
        }
    }

    @Test("A question without a key is refused") func aQuestionWithoutAKeyIsRefused() async throws {
        try await withService { client in
            let told = try await client.execute(uri: "/reconcile", method: .get)
            #expect(told.status == .badRequest)
        }
    }
}
