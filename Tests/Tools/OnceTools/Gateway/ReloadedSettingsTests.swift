import IdempotencyGateway
import Testing

@testable import OnceTools

@Suite("Settings that are read again")
struct ReloadedSettingsTests {
    private func settings(_ changes: [String: [String]] = [:]) throws -> GatewaySettings {
        let flags = ["upstream": ["http://a"], "admin-token": ["0123456789abcdef"]]
        return try GatewaySettings(
            flags: flags.merging(changes) { $1 }, environment: [:], configurationPath: nil)
    }

    @Test(
        "What needs a restart is refused by its name",
        arguments: [
            ("listen", "127.0.0.1:1"), ("admin", "127.0.0.1:1"), ("admin-token", "fedcba9876543210"),
            ("store", "memory:"), ("store", "sqlite:other.db"), ("audit", "other.jsonl"), ("sweep-interval", "5s"),
            ("log-level", "debug"), ("interrupted", "rerun"), ("key-header", "Other-Key"), ("scope", "shared"),
            ("secret", "0123456789abcdef"), ("http2", "off"), ("cache", "1MiB"),
        ])
    func fixed(option: String, value: String) throws {
        let (old, new) = (try settings(), try settings([option: [value]]))
        let error = #expect(throws: UsageError.self) { try old.checkReload(to: new) }
        #expect(error?.message.contains(option) == true, "\(String(describing: error))")
        #expect(throws: UsageError.self) { try new.checkReload(to: old) }
    }

    @Test("All that are wrong are named at once")
    func several() throws {
        let new = try settings(["listen": ["127.0.0.1:1"], "audit": ["other.jsonl"], "lease": ["5s"]])
        let error = #expect(throws: UsageError.self) { try settings().checkReload(to: new) }
        #expect(error?.message.hasSuffix("listen, audit.") == true)
    }

    @Test("Everything else may change")
    func free() throws {
        let new = try settings([
            "upstream": ["http://b", "https://c"], "lease": ["5s"], "retention": ["1h"], "wait": ["1s"],
            "require-key": ["true"], "anonymous": ["refuse"], "max-body": ["1KiB"], "max-response": ["1KiB"],
            "profile": ["stripe"], "upstream-timeout": ["1s"], "drain": ["1s"], "trusted-proxies": ["10.0.0.1"],
            "upstream-health": ["/"], "upstream-ca": ["ca.pem"],
        ])
        try settings().checkReload(to: new)
        try settings(["interrupted": ["rerun"]]).checkReload(to: settings(["interrupted": ["ask:http://b/"]]))
    }
}
