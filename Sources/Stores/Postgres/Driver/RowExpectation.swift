import Idempotency

/// What a row must be for a write to happen, as the columns of a statement.
struct RowExpectation {
    let state: Int16
    var owner: Owner?
    var renewals: UInt32?

    /// A row that counts for nothing: completed and expired.
    static let expired = RowExpectation(state: 1)

    private init(state: Int16, owner: Owner? = nil, renewals: UInt32? = nil) {
        self.state = state
        self.owner = owner
        self.renewals = renewals
    }

    /// What an expectation asks of a row.
    init(_ expectation: Expectation) {
        switch expectation {
        case .vacant: self = .expired
        case .running(let owner): self.init(state: 0, owner: owner)
        case .unrenewed(let owner, let renewals): self.init(state: 0, owner: owner, renewals: renewals)
        case .inDoubt(let owner): self.init(state: 2, owner: owner)
        }
    }

    static let columns: [StatementRows.Column] = [
        ("was_state", "smallint"), ("was_owner", "uuid"), ("was_renewals", "bigint"),
    ]

    static func bind(_ rows: [RowExpectation], into parameters: inout Parameters) {
        parameters.column(.int2, rows) { $1.int2($0.state) }
        parameters.column(.uuid, rows) { $1.bytes($0.owner?.bytes) }
        parameters.column(.int8, rows) { $1.int8($0.renewals.map { Int64($0) }) }
    }
}
