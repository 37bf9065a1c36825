/// A row that a statement gave back.
public struct PostgresRow: Hashable, Sendable {
    /// The names of the columns, in their order.
    public let names: [String]
    /// The values, in the same order.
    public let values: [PostgresValue]

    /// The value of a column; `NULL` where there is no column of that name.
    public subscript(_ name: String) -> PostgresValue {
        names.firstIndex(of: name).map { values[$0] } ?? .null
    }
}
