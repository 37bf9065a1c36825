import Hummingbird
import HummingbirdTesting
import Idempotency
import IdempotencyHTTP
import IdempotencyHummingbird
import Testing

@Suite("Keys for transactions of the handler's own") struct KeyedRequestTests {
    private func app() -> some ApplicationProtocol {
        let once = Once(store: MemoryStore(), interrupted: .hold)
        let router = Router()
        router.add(middleware: IdempotencyKeyMiddleware())
        router.post("pay") { request, _ in
            let keyed = try KeyedRequest.current.required
            let report = try await once.report(keyed.key, scope: keyed.scope, fingerprint: keyed.fingerprint) { _ in
                try await String(buffer: request.body.collect(upTo: 1000))
            }
            var response = Response(status: .created, body: .init(byteBuffer: ByteBuffer(string: report.value)))
            if report.isReplay { response.markAsReplay() }
            return response
        }
        router.get("pay") { _, _ in "\(KeyedRequest.current == nil)" }
        return Application(router: router)
    }

    @Test("the handler has key, scope and fingerprint, and its body")
    func keyed() async throws {
        try await app().test(.router) { client async throws in
            for round in 0..<2 {
                let response = try await client.pay("k")
                #expect(response.status == .created && response.text == #"{"amount":1}"#)
                #expect(response.isReplay == (round > 0))
                #expect(response["Cache-Control"] == (round > 0 ? "no-store" : nil))
            }
        }
    }

    @Test("a mismatch that the handler finds is a 422 with the right problem")
    func mismatch() async throws {
        try await app().test(.router) { client async throws in
            try await client.pay("k")
            let response = try await client.pay("k", body: "{}")
            #expect(response.status == .unprocessableContent)
            #expect(try response.problem().title == "Idempotency-Key is already used")
        }
    }

    @Test("a request without a key, or with a bad one, does not reach the handler; others pass")
    func refused() async throws {
        try await app().test(.router) { client async throws in
            #expect(try await client.pay(nil).problem().type.hasSuffix("#key-missing"))
            #expect(try await client.pay("a,b").problem().type.hasSuffix("#key-invalid"))
            #expect(try await client.pay(nil, method: .get).text == "true")
        }
    }
}
