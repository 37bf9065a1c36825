import OnceTools
import Testing

@Suite("Configuration files")
struct ConfigurationFileTests {
    @Test("An empty file, and one with comments only, has nothing in it", arguments: ["", "# nothing\n", "---\n"])
    func empty(text: String) throws {
        #expect(try ConfigurationFile(text: text, path: "f").root.members.isEmpty)
    }

    @Test(
        "A mistake is named with file and line",
        arguments: [
            ("lease: 1s\n\tlease: 2s\n", "f:2"), ("a: [1, 2\nb: 3\n", "f:2"), ("lease: 1s\nlease: 2s\n", "f:"),
            ("- a\n- b\n", "f:1: Names with values are expected here"), ("just a text", "f:1: Names with values"),
        ])
    func mistakes(text: String, place: String) throws {
        let error = #expect(throws: UsageError.self) { try ConfigurationFile(text: text, path: "f") }
        #expect(error?.description.hasPrefix(place) == true, "\(error?.description ?? "")")
    }

    @Test("The sections of a list know their names and lines")
    func sections() throws {
        let file = try ConfigurationFile(text: "routes:\n  - path: /a\n  - path: /b\n    leese: 1s\n", path: "f")
        let sections = try file.root.sections(of: "routes")
        #expect(sections.map(\.name) == ["routes[0]", "routes[1]"])
        let error = #expect(throws: UsageError.self) { try sections[1].check(allowed: ["path", "lease"]) }
        #expect(
            error?.description.hasPrefix("f:4: routes[1]: \"leese\" is no option of a route. Did you mean lease?")
                == true)
    }

    @Test("A missing file is named")
    func missing() throws {
        let error = #expect(throws: UsageError.self) { try ConfigurationFile(path: "/nowhere/once.yaml") }
        #expect(error?.description.contains("/nowhere/once.yaml cannot be read: there is no such file.") == true)
    }
}
