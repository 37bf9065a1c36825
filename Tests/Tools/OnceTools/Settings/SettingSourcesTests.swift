import Foundation
import OnceTools
import Testing

@Suite("Where settings come from")
struct SettingSourcesTests {
    private static let duration = Setting.duration(.zero ... .seconds(3600))

    private func sources(
        flags: [String: [String]] = [:], environment: [String: String] = [:], file: String? = nil
    ) throws -> SettingSources {
        let path = FileManager.default.temporaryDirectory.appending(path: "once-\(UUID()).yaml").path
        if let file { try Data(file.utf8).write(to: URL(fileURLWithPath: path)) }
        defer { try? FileManager.default.removeItem(atPath: path) }
        return try SettingSources(
            command: "gateway", options: ["lease", "max-body", "scope"], flags: flags, environment: environment,
            configurationPath: file == nil ? nil : path, tables: ["routes"])
    }

    @Test("A flag beats the environment, the environment beats the file, the file beats nothing")
    func precedence() throws {
        let (flags, environment) = (["lease": ["1s"]], ["ONCE_GATEWAY_LEASE": "2s"])
        let file = "lease: 3s"
        #expect(
            try sources(flags: flags, environment: environment, file: file).value("lease", Self.duration) == .seconds(1)
        )
        #expect(try sources(environment: environment, file: file).value("lease", Self.duration) == .seconds(2))
        #expect(try sources(file: file).value("lease", Self.duration) == .seconds(3))
        #expect(try sources().value("lease", Self.duration) == nil)
    }

    @Test("A wrong value is named with its place and with what is allowed")
    func wrongValue() throws {
        let flag = #expect(throws: UsageError.self) {
            try sources(flags: ["lease": ["30"]]).value("lease", Self.duration)
        }
        #expect(
            flag?.description.hasPrefix("--lease: \"30\" is not allowed. Allowed: a whole number with a unit") == true)
        let variable = #expect(throws: UsageError.self) {
            try sources(environment: ["ONCE_GATEWAY_LEASE": "2h"]).value("lease", Self.duration)
        }
        #expect(variable?.place == .environment("ONCE_GATEWAY_LEASE"))
        #expect(variable?.message.contains("out of bounds") == true)
        let file = #expect(throws: UsageError.self) {
            try sources(file: "# a comment\n\nlease: soon\n").value("lease", Self.duration)
        }
        #expect(file?.description.contains(".yaml:3: lease: \"soon\"") == true)
    }

    @Test("An unknown name in the file or the environment is refused with a suggestion")
    func unknownNames() throws {
        let file = #expect(throws: UsageError.self) { try sources(file: "lease: 3s\nmax-bodi: 1MiB\n") }
        #expect(
            file?.description.contains(".yaml:2: \"max-bodi\" is no option. Did you mean max-body? Allowed: ") == true)
        let variable = #expect(throws: UsageError.self) { try sources(environment: ["ONCE_GATEWAY_LAESE": "1s"]) }
        #expect(variable?.description.contains("Did you mean ONCE_GATEWAY_LEASE?") == true)
        _ = try sources(environment: ["ONCE_KEYS_ANYTHING": "1", "ONCE": "x", "ONCE_GATEWAY": "x"])
    }

    @Test("An option with several values takes a list in the file and commas in the environment")
    func lists() throws {
        let text = Setting.text("a text")
        #expect(try sources(file: "scope:\n  - a\n  - b\n").values("scope", text) == ["a", "b"])
        #expect(try sources(file: "scope: a").values("scope", text) == ["a"])
        #expect(try sources(environment: ["ONCE_GATEWAY_SCOPE": "a, b"]).values("scope", text) == ["a", "b"])
        #expect(try sources(flags: ["scope": ["a", "b"]]).values("scope", text) == ["a", "b"])
        #expect(throws: UsageError.self) { try sources(file: "lease: [1s, 2s]").value("lease", Self.duration) }
        #expect(throws: UsageError.self) { try sources(file: "lease: {a: 1s}").value("lease", Self.duration) }
    }
}
