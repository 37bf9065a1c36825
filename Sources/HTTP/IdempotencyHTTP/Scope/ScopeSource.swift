/// What tells callers apart.
public enum ScopeSource: Hashable, Sendable {
    /// The credential in this header; it is hashed, never kept. A token that is renewed between two tries gives another
    /// scope: use `verified` for short-lived tokens.
    case header(String)
    /// Several headers together, in this order. A caller that lacks one of them has no credential.
    case headers([String])
    /// An identity that the program verified itself and hands over: the subject of a checked token, a user id.
    case verified
    /// Nothing: all callers share their keys. For an API with one caller.
    case shared

    /// The `Authorization` header.
    public static let credential = ScopeSource.header("Authorization")
}
