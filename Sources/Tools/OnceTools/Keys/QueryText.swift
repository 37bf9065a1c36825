public import Idempotency
public import IdempotencyAdmin

/// Reads what the `keys` commands are asked for.
public enum QueryText {
    /// What to list.
    ///
    /// - Throws: `UsageError` that names the option and what is allowed.
    public static func query(
        states: [String], key: String?, limit: String?, after: String?
    ) throws(UsageError) -> RecordQuery {
        var query = RecordQuery(key: key)
        for text in states {
            for word in text.split(separator: ",") {
                guard let state = RecordQuery.State(rawValue: String(word)) else {
                    throw .unknown(
                        "state", String(word), allowed: RecordQuery.State.allCases.map(\.rawValue), at: .flag("state"))
                }
                query.states.insert(state)
            }
        }
        if let limit { query.limit = try Setting.number(1...1000).value(of: limit, at: .flag("limit")) }
        if let after {
            guard let cursor = RecordQuery.Cursor(text: after) else {
                throw UsageError(
                    "\"\(after)\" is no place in a listing; take it from the page before.", at: .flag("after"))
            }
            query.after = cursor
        }
        return query
    }

    /// Which record.
    ///
    /// - Throws: `UsageError` when it is named by neither or both of id and key, or the id is none.
    public static func selector(id: String?, key: String?, scope: [String]) throws(UsageError) -> RecordSelector {
        switch (id, key) {
        case (nil, nil): throw UsageError("Say which record: its id, or --key KEY and perhaps --scope SCOPE.")
        case (.some, .some): throw UsageError("Name the record by its id or by --key, not by both.")
        case (nil, let key?): return .key(key, scope: scope)
        case (let id?, nil):
            guard scope.isEmpty else {
                throw UsageError("A scope goes with --key, not with an id.", at: .flag("scope"))
            }
            guard let selector = RecordSelector(digits: id) else {
                throw UsageError("\"\(id)\" is no record id. Allowed: its first 8 to 64 hexadecimal digits.")
            }
            return selector
        }
    }
}
