import IdempotencyHTTP
import NIOHTTP1
import Testing

@testable import IdempotencyGateway

@Suite("Whether a connection goes on")
struct KeepAliveTests {
    @Test(
        "is what its last message says (RFC 9112 section 9.3)",
        arguments: [
            ([:], true, false), (["Connection": "close"], false, false), (["connection": "Keep-Alive"], true, true),
            (["Connection": "keep-alive, CLOSE"], false, false), (["Connection": "x-y"], true, false),
            (["Connection": "keep-alive", "Connection": "upgrade,close"], false, false),
            (["Connection": "disclose"], true, false),
        ] as [(Headers, Bool, Bool)])
    func keepsAlive(headers: Headers, current: Bool, old: Bool) {
        #expect(headers.keepsAlive(in: .http1_1) == current)
        #expect(headers.keepsAlive(in: .http1_0) == old)
    }
}
