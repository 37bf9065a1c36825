/// A media type (RFC 9110 section 8.3.1), as far as a fingerprint needs it.
struct MediaType {
    /// Type, subtype and parameter names in lower case, without white space around the semicolons.
    let normalized: String
    /// Whether the body is JSON: `application/json`, `text/json` or any type that ends in `+json`.
    let isJSON: Bool

    init(_ value: some StringProtocol) {
        if FieldName.areEqual(value, "application/json") {
            normalized = "application/json"
            isJSON = true
            return
        }
        let parts = Substring(value).split(on: 0x3B).map { $0.trimmingOptionalWhitespace() }
        let essence = parts.first?.lowercased() ?? ""
        isJSON = essence == "application/json" || essence == "text/json" || essence.hasSuffix("+json")
        var normalized = essence
        for parameter in parts.dropFirst() where !parameter.isEmpty {
            let (before, behind) = parameter.cut(at: 0x3D)
            let name = before.lowercased()
            let value = String(behind ?? "")
            normalized += ";\(name)=\(name == "charset" ? value.lowercased() : value)"
        }
        self.normalized = normalized
    }
}
