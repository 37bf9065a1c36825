/// A transaction at work: what an operation writes its rows with. Valid until the operation returns, on its thread.
public final class PostgresTransaction {
    private let connection: Connection
    private let deadline: ContinuousClock.Instant

    init(_ connection: Connection, until deadline: ContinuousClock.Instant) {
        self.connection = connection
        self.deadline = deadline
    }

    /// Carries out a statement with `$1`, `$2`… in it.
    ///
    /// - Returns: How many rows were written.
    /// - Throws: `PostgresError`. The transaction cannot go on after it: let it out.
    @discardableResult
    public func execute(_ sql: String, _ values: PostgresValue...) throws -> Int {
        try run(sql, values).affected
    }

    /// Carries out a statement with `$1`, `$2`… in it, and reads its rows.
    ///
    /// - Throws: `PostgresError`. The transaction cannot go on after it: let it out.
    public func query(_ sql: String, _ values: PostgresValue...) throws -> [PostgresRow] {
        try rows(sql, values)
    }

    func rows(_ sql: String, _ values: [PostgresValue]) throws -> [PostgresRow] {
        let result = try run(sql, values)
        let names = result.names
        return (0..<result.count).map { row in
            PostgresRow(
                names: names, values: names.indices.map { PostgresValue(text: result.text(row, $0)) })
        }
    }

    private func run(_ sql: String, _ values: [PostgresValue]) throws -> QueryResult {
        var parameters = Parameters()
        for value in values {
            guard let text = value.text else {
                parameters.null()
                continue
            }
            guard !text.utf8.contains(0) else {
                throw PostgresError(sqlState: "22021", message: "a text holds NUL, which PostgreSQL cannot keep")
            }
            parameters.textForm(text)
        }
        do {
            return try connection.run(Statement(text: sql, parameters), until: deadline)
        } catch {
            guard let sqlState = error.sqlState else { throw error }
            throw PostgresError(sqlState: sqlState, message: error.message)
        }
    }
}
