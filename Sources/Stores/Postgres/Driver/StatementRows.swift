/// A statement over rows that are sent with it: columns of arrays for many rows, and plain parameters for a single one,
/// which spares the server half of its work.
struct StatementRows {
    /// A column of the rows.
    typealias Column = (name: String, type: String)

    private let one: (name: String, text: String)
    private let many: (name: String, text: String)

    /// - Parameters:
    ///   - name: What the statement for many rows is called on the server.
    ///   - columns: The columns of the rows, in the order of their parameters, which are the first ones.
    ///   - text: The text of the statement, given an item of a FROM list that is the rows, by the name of `u`.
    init(_ name: String, _ columns: [Column], text: (_ rows: String) -> String) {
        let parameters = columns.enumerated().map { (name: $1.name, type: $1.type, number: $0 + 1) }
        let single = Self.list(parameters) { "$\($0.number)::\($0.type) AS \($0.name)" }
        let arrays = Self.list(parameters) { "$\($0.number)::\($0.type)[]" }
        one = (name + "_1", text("(SELECT \(single)) AS u"))
        many = (name, text("unnest(\(arrays)) AS u(\(Self.list(parameters, \.name)))"))
    }

    /// The statement for so many rows; the parameters of the columns were added by `Parameters.column`.
    func statement(of rows: [some Any], _ parameters: Parameters) -> Statement {
        let (name, text) = rows.count == 1 ? one : many
        return Statement(name, text, parameters)
    }

    private static func list<Item>(_ items: [Item], _ text: (Item) -> String) -> String {
        items.map(text).joined(separator: ", ")
    }
}
