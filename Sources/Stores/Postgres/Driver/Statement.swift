/// A statement to send: it is prepared once per connection under its name.
struct Statement {
    /// What it is called on the server; another text needs another name.
    let name: String
    /// Its text.
    let sql: String
    /// What stands for `$1` and on.
    var parameters = Parameters()
    /// Whether parameters and results travel as text, which a user's statement needs: the server then finds their
    /// types.
    var isText = false

    /// A statement with its parameters.
    init(_ name: String, _ sql: String, _ parameters: Parameters = Parameters()) {
        self.name = name
        self.sql = sql
        self.parameters = parameters
    }

    /// A statement of the user's; it has no name, and is prepared every time.
    init(text sql: String, _ parameters: Parameters) {
        self.init("", sql, parameters)
        isText = true
    }

    static let begin = Statement("once_begin", "BEGIN ISOLATION LEVEL READ COMMITTED, READ WRITE")
    static let commit = Statement("once_commit", "COMMIT")
    static let rollback = Statement("once_rollback", "ROLLBACK")
}
