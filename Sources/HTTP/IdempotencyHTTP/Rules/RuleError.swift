/// Why rules cannot be used; found at start.
public enum RuleError: Error, Hashable, Sendable, CustomStringConvertible {
    /// A text is no path pattern.
    case badPattern(String)
    /// A rule is about a method that needs no key: it is safe by definition (RFC 9110 section 9.2.1), or a tunnel.
    case methodNotGuardable(String)
    /// A header is to be replayed that never is.
    case neverReplayed(String)
    /// A text is no header name.
    case badHeaderName(String)
    /// A duration or a limit is not above zero; its name.
    case notPositive(String)
    /// A text is no origin of pages.
    case badOrigin(String)

    /// What is wrong and what is allowed.
    public var description: String {
        switch self {
        case .badPattern(let text):
            "\"\(text)\" is no path pattern; write it like /payments/{id}/capture or /files/**."
        case .methodNotGuardable(let method):
            "\(method) requests cannot be guarded; POST, PATCH, PUT and DELETE can."
        case .neverReplayed(let name): "\(name) is never stored nor replayed; take it off the list."
        case .badHeaderName(let name): "\"\(name)\" is no header name."
        case .badOrigin(let text):
            "\"\(text)\" is no origin of pages; write it like https://shop.example, or * alone for all."
        case .notPositive(let name): "\(name) must be more than zero."
        }
    }
}
