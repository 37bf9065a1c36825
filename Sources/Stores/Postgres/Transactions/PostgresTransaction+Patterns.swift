/// The two patterns by which a database keeps an effect from happening twice, without any key: a unique constraint, and
/// an update that names the state it expects.
extension PostgresTransaction {
    /// What an insert met.
    public enum Insertion: Hashable, Sendable {
        /// The row is new.
        case inserted(PostgresRow)
        /// There was one already; this is it.
        case existing(PostgresRow)

        /// The row, new or not.
        public var row: PostgresRow {
            switch self {
            case .inserted(let row), .existing(let row): row
            }
        }
    }

    /// Inserts a row, or gives the one that is there under the same unique columns.
    ///
    ///     let order = try tx.insertOrExisting(
    ///         into: "orders", ["user_id": 7, "reference": "A-1", "amount": 100], unique: ["user_id", "reference"])
    ///
    /// Whoever inserts the same at the same time is waited for. Compare what exists with what was to be inserted:
    /// another amount under the same reference is a mistake of the caller's.
    ///
    /// - Parameters:
    ///   - table: The table.
    ///   - values: The columns and their values.
    ///   - unique: The columns of a unique constraint or index; they must be among `values`.
    public func insertOrExisting(
        into table: String, _ values: KeyValuePairs<String, PostgresValue>, unique: [String]
    ) throws -> Insertion {
        let columns = values.map { Self.quoted($0.key) }
        let insert = """
            INSERT INTO \(Self.quoted(table)) (\(columns.joined(separator: ", ")))
            VALUES (\(columns.indices.map { "$\($0 + 1)" }.joined(separator: ", ")))
            ON CONFLICT (\(unique.map(Self.quoted).joined(separator: ", "))) DO NOTHING RETURNING *
            """
        let keys = values.filter { unique.contains($0.key) }
        let find = """
            SELECT * FROM \(Self.quoted(table)) WHERE
            \(keys.enumerated().map { "\(Self.quoted($1.key)) = $\($0 + 1)" }.joined(separator: " AND "))
            """
        // The other one may be gone again between the two statements.
        for _ in 0..<10 {
            if let row = try rows(insert, values.map(\.value)).first { return .inserted(row) }
            // A second statement: the first does not see what it has waited for.
            if let row = try rows(find, keys.map(\.value)).first { return .existing(row) }
        }
        throw PostgresError(sqlState: "40001", message: "the row came and went; try again")
    }

    /// What a conditional update met.
    public enum Transition: Hashable, Sendable {
        /// The row was in the expected state and is now in the new one.
        case done(PostgresRow)
        /// It is in the new state already: an earlier try has done it.
        case alreadyThere(PostgresRow)
        /// It is in neither state; nothing was changed.
        case wrongState(PostgresRow)
        /// There is no such row.
        case missing
    }

    /// Brings a row from one state into another, and tells "already there" from "wrong state".
    ///
    ///     switch try tx.transition("payments", where: ["id": 7], from: ["state": "authorised"], to: ["state":
    ///     "captured"]) { case .done: try tx.insertOrExisting(into: "ledger", […], unique: ["payment", "kind"])
    ///     case .alreadyThere: break
    ///     case .wrongState(let row): throw NotCapturable(state: row["state"].text)
    ///     case .missing: throw NoSuchPayment()
    ///     }
    ///
    /// - Parameters:
    ///   - table: The table.
    ///   - key: The columns that name the row.
    ///   - from: The columns that make the expected state.
    ///   - to: The columns that make the new state.
    public func transition(
        _ table: String, where key: KeyValuePairs<String, PostgresValue>,
        from: KeyValuePairs<String, PostgresValue>, to: KeyValuePairs<String, PostgresValue>
    ) throws -> Transition {
        var number = 0
        func list(_ pairs: KeyValuePairs<String, PostgresValue>, _ separator: String) -> String {
            pairs.map { pair in
                number += 1
                return "\(Self.quoted(pair.key)) = $\(number)"
            }.joined(separator: separator)
        }
        let update =
            "UPDATE \(Self.quoted(table)) SET \(list(to, ", ")) WHERE \(list(key, " AND ")) AND \(list(from, " AND ")) "
            + "RETURNING *"
        if let row = try rows(update, to.map(\.value) + key.map(\.value) + from.map(\.value)).first {
            return .done(row)
        }
        number = 0
        let isThere = list(to, " AND ")
        let find = "SELECT *, (\(isThere)) AS \"once.is_there\" FROM \(Self.quoted(table)) WHERE \(list(key, " AND "))"
        guard let found = try rows(find, to.map(\.value) + key.map(\.value)).first else { return .missing }
        let row = PostgresRow(names: Array(found.names.dropLast()), values: Array(found.values.dropLast()))
        return found.values.last?.boolean == true ? .alreadyThere(row) : .wrongState(row)
    }

    /// A name as SQL reads it literally; a point separates schema and table.
    private static func quoted(_ name: String) -> String {
        name.split(separator: ".", omittingEmptySubsequences: false)
            .map { "\"" + $0.replacing("\"", with: "\"\"") + "\"" }.joined(separator: ".")
    }
}
