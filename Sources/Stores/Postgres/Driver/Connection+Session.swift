extension Connection {
    /// Connects as a store is configured to.
    convenience init(_ address: ServerAddress, configuration: PostgresStore.Configuration) throws(PostgresFailure) {
        try self.init(
            address, timeout: configuration.connectTimeout, keepsStatements: configuration.pooling == .session)
    }

    /// What tells a session from every other one, and where its records lie.
    struct Session {
        /// What the server calls it; 0 where it is exchanged.
        var process: Int64 = 0
        /// When the server was started.
        var serverStart = ""
        /// When the session began, as the server tells it.
        var begin = ""
        /// The number of the table of records.
        var table: Int64 = 0
        /// How the connection leads to it.
        var path = Path.direct

        /// How a connection leads to a session.
        enum Path {
            /// The server itself is at the other end.
            case direct
            /// A pooler keeps the session for this connection as long as that lasts. The session may outlive it; what
            /// it does not outlive is its advisory lock of this number.
            case pooled(mark: Int64)
            /// A pooler takes any session for each transaction, which begins with these settings.
            case exchanged(settings: Statement)
        }

        /// Whether somebody stands between this program and the server, who can end one half of a connection.
        var isPooled: Bool { if case .direct = path { false } else { true } }

        /// Whether another session may carry out the next transaction.
        var isExchanged: Bool { if case .exchanged = path { true } else { false } }

        /// What has to be sent after the begin of every transaction.
        var preamble: [Statement] { if case .exchanged(let settings) = path { [settings] } else { [] } }
    }
}
