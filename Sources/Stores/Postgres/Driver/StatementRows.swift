/// A statement over rows that are sent with it: columns of arrays for many rows, and plain parameters for a single one,
/// which spares the server half of its work.
struct StatementRows {
    /// A column of the rows.
    typealias Column = (name: String, type: String)

    private let name: String
    private let one: String
    private let many: String

    /// - Parameters:
    ///   - name: What the statement for many rows is called on the server.
    ///   - columns: The columns of the rows, in the order of their parameters, which are the first ones.
    ///   - text: The text of the statement, given an item of a FROM list that is the rows, by the name of `u`.
    init(_ name: String, _ columns: [Column], text: (_ rows: String) -> String) {
        self.name = name
        let parameters = columns.enumerated().map { (name: $1.name, type: $1.type, number: $0 + 1) }
        one = text("(SELECT \(Self.list(parameters) { "$\($0.number)::\($0.type) AS \($0.name)" })) AS u")
        many = text(
            "unnest(\(Self.list(parameters) { "$\($0.number)::\($0.type)[]" })) AS u(\(Self.list(parameters, \.name)))")
    }

    /// The statement for so many rows; the parameters of the columns were added by `Parameters.column`.
    func statement(of rows: [some Any], _ parameters: Parameters) -> Statement {
        rows.count == 1 ? Statement(name + "_1", one, parameters) : Statement(name, many, parameters)
    }

    private static func list<Item>(_ items: [Item], _ text: (Item) -> String) -> String {
        items.map(text).joined(separator: ", ")
    }
}
