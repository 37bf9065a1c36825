/// Finds the text of an element in a short XML document of a service, whose elements have names of their own.
struct ElementText: Sendable {
    private let document: String

    init(_ document: [UInt8]) {
        self.document = String(decoding: document, as: UTF8.self)
    }

    /// The text of the first element of this name, which has no attributes and holds no other; `nil` if there is none.
    subscript(name: String) -> String? {
        guard let start = document.firstRange(of: "<\(name)>"),
            let end = document[start.upperBound...].firstRange(of: "</\(name)>")
        else { return nil }
        let text = document[start.upperBound..<end.lowerBound]
        return text.contains("<") ? nil : Self.plain(text)
    }

    /// The text without references; one that is not known stays as it is.
    private static func plain(_ text: Substring) -> String {
        var plain = ""
        var rest = text
        while let mark = rest.firstIndex(of: "&") {
            plain += rest[..<mark]
            rest = rest[mark...]
            guard let end = rest.firstIndex(of: ";"), let character = character(rest[..<end].dropFirst()) else {
                plain.append(rest.removeFirst())
                continue
            }
            plain.append(character)
            rest = rest[rest.index(after: end)...]
        }
        return plain + rest
    }

    private static func character(_ reference: Substring) -> Character? {
        let names: [Substring: Character] = ["amp": "&", "lt": "<", "gt": ">", "quot": "\"", "apos": "'"]
        if let character = names[reference] { return character }
        guard reference.first == "#" else { return nil }
        let digits = reference.dropFirst()
        let code = digits.first == "x" ? UInt32(digits.dropFirst(), radix: 16) : UInt32(digits)
        return code.flatMap(Unicode.Scalar.init).map { Character($0) }
    }
}
