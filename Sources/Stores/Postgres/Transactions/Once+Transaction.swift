public import Idempotency

extension Once {
    /// Performs an operation once per key within a transaction of the user's database: the key and the business rows
    /// commit together, or neither does.
    ///
    /// The record lies in that database, not in `store`. A duplicate that comes while the first is at it waits for its
    /// commit and then gets its result, or is refused, as the database was opened to.
    ///
    /// - Parameters:
    ///   - key: What the caller named the operation.
    ///   - scope: Whose key it is, and for which operation.
    ///   - request: The parameters; a later call with others under the same key is refused.
    ///   - options: `operation` and `retention` count.
    ///   - database: The user's database.
    ///   - operation: Writes the business rows; runs on a thread of its own. What it throws rolls everything back and
    ///     leaves the key free.
    /// - Returns: The first result.
    /// - Throws: The operation's error; `OnceError`, which says what to do with the key; what encoding the request
    ///   throws.
    public func transaction<Value: Codable & Sendable>(
        _ key: IdempotencyKey, scope: Scope, request: some Encodable, options: PerformOptions = .standard,
        in database: PostgresDatabase,
        operation: @escaping @Sendable (PostgresTransaction, TransactionAttempt) throws -> Value
    ) async throws -> Value {
        try await transactionReport(
            key, scope: scope, request: request, options: options, in: database, operation: operation
        ).value
    }

    /// As `transaction`, and tells whether the operation ran now or before.
    public func transactionReport<Value: Codable & Sendable>(
        _ key: IdempotencyKey, scope: Scope, request: some Encodable, options: PerformOptions = .standard,
        in database: PostgresDatabase,
        operation: @escaping @Sendable (PostgresTransaction, TransactionAttempt) throws -> Value
    ) async throws -> Report<Value> {
        let fingerprint = Fingerprint(of: try OutcomeCoding.encode(request))
        return try await PostgresIdempotency(database, configuration: configuration).report(
            key, scope: scope, fingerprint: fingerprint, options: options, operation: operation)
    }
}
