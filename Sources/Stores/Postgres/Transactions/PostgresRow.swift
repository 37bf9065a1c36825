/// A row that a statement gave back.
public struct PostgresRow: Hashable, Sendable {
    /// The names of the columns, in their order.
    public let names: [String]
    /// The values, in the same order.
    public let values: [PostgresValue]

    /// A row of these columns, as many names as values.
    public init(names: [String], values: [PostgresValue]) {
        precondition(names.count == values.count, "every column has a name")
        self.names = names
        self.values = values
    }

    /// The value of a column; `NULL` where there is no column of that name.
    public subscript(_ name: String) -> PostgresValue {
        names.firstIndex(of: name).map { values[$0] } ?? .null
    }
}
