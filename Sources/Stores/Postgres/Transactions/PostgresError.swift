/// What the server said against a statement of the user's, or against the commit: for a constraint that is checked at
/// the end. Nothing of the transaction is left then.
public struct PostgresError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The code (PostgreSQL, appendix A): `23505` is a violated unique constraint.
    public let sqlState: String
    /// What the server says; names tables, columns and constraints, not values.
    public let message: String

    /// Code and message.
    public var description: String { "PostgreSQL \(sqlState): \(message)" }
}
