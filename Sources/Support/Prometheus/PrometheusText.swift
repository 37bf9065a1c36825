/// The Prometheus text format, version 0.0.4.
enum PrometheusText {
    /// A metric name: `[a-zA-Z_:][a-zA-Z0-9_:]*`; what does not fit becomes an underscore.
    static func name(_ text: String) -> String {
        fitted(text, allowsColon: true)
    }

    /// A label name: `[a-zA-Z_][a-zA-Z0-9_]*`, and not one of the reserved ones that begin with two underscores.
    static func labelName(_ text: String) -> String {
        let name = fitted(text, allowsColon: false)
        return name.hasPrefix("__") ? "label" + name : name
    }

    private static func fitted(_ text: String, allowsColon: Bool) -> String {
        var name = ""
        for scalar in text.unicodeScalars {
            let fits =
                switch scalar {
                case "a"..."z", "A"..."Z", "_": true
                case "0"..."9": !name.isEmpty
                case ":": allowsColon
                default: false
                }
            if !fits, name.isEmpty, ("0"..."9").contains(scalar) { name = "_" }
            name.unicodeScalars.append(fits || ("0"..."9").contains(scalar) ? scalar : "_")
        }
        return name.isEmpty ? "_" : name
    }

    /// A label value with backslash, quote and line feed escaped.
    static func escaped(label value: String) -> String {
        escaped(help: value).replacing("\"", with: "\\\"")
    }

    /// A help text with backslash and line feed escaped.
    static func escaped(help text: String) -> String {
        text.replacing("\\", with: "\\\\").replacing("\n", with: "\\n")
    }

    /// A value: whole numbers without a point.
    static func number(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
        if value == value.rounded(), abs(value) < 1e15 { return String(Int64(value)) }
        return "\(value)"
    }
}
