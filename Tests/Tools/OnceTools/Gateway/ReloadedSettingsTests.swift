import Foundation
import IdempotencyEncrypted
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

    @Test("Encryption is switched on or off by a restart only, and other keys must be those of the same store")
    func encryption() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("once-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let file = EncryptionKeyFile(path: folder + "/keys.json")
        let others = EncryptionKeyFile(path: folder + "/others.json")
        try file.create(try EncryptionKeys(generating: "first"))
        try others.create(try EncryptionKeys(generating: "first"))
        let old = try settings(["encryption-keys": [file.path]])
        try file.change { keys throws(EncryptionKeyError) in try keys.generate("second") }
        try old.checkReload(to: try settings(["encryption-keys": [file.path]]))
        for new in [try settings(), try settings(["encryption-keys": [others.path]])] {
            for (a, b) in [(old, new), (new, old)] {
                let error = #expect(throws: UsageError.self) { try a.checkReload(to: b) }
                #expect(error?.message.contains("encryption-keys") == true)
            }
        }
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
