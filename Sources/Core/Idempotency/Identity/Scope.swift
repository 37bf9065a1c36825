/// Whose key it is: tenant or caller; for functions and messages also which operation or consumer.
///
/// Two scopes never see each other's keys. The parts are kept apart: `["a", "bc"]` and `["ab", "c"]` are two scopes.
public struct Scope: Hashable, Sendable {
    /// The parts, outermost first.
    public let parts: [String]

    /// A scope of these parts, outermost first.
    public init(_ parts: String...) {
        self.parts = parts
    }

    /// A scope of these parts, outermost first.
    public init(parts: [String]) {
        self.parts = parts
    }

    /// The scope of callers that nothing tells apart.
    public static let shared = Scope()

    /// This scope, narrowed by one more part.
    public func appending(_ part: String) -> Scope {
        Scope(parts: parts + [part])
    }

    /// The parts joined by slashes, for people; not unique.
    public var name: String { parts.joined(separator: "/") }
}

extension Scope: ExpressibleByStringLiteral {
    /// A scope of one part.
    public init(stringLiteral value: String) {
        parts = [value]
    }
}
