/// What went wrong between this program and the server.
struct PostgresFailure: Error, Hashable, CustomStringConvertible {
    /// Where it went wrong.
    enum Kind: Hashable {
        /// No connection could be made.
        case connecting
        /// The server refused a statement, and said why.
        case refused
        /// The connection broke, or what came over it was not understood.
        case lost
        /// The server did not answer in time.
        case timedOut
    }

    /// Where it went wrong.
    var kind: Kind
    /// The code that the server gave (PostgreSQL, appendix A), or `nil` when it said nothing.
    var sqlState: String?
    /// The server's or the library's message; never the detail, which may hold values.
    var message: String

    var description: String {
        "PostgreSQL \(sqlState ?? "\(kind)"): \(message)"
    }
}
