public import GRDB
public import Idempotency

extension Once {
    /// Performs an operation once per key within a transaction of the user's database: the key and the business rows
    /// commit together, or neither does.
    ///
    /// The record lies in that database, not in `store`; make its tables with `SQLiteIdempotency.registerMigrations`. A
    /// duplicate that comes while the first is at it waits for its commit and then gets its result.
    ///
    /// - Parameters:
    ///   - key: What the caller named the operation.
    ///   - scope: Whose key it is, and for which operation.
    ///   - request: The parameters; a later call with others under the same key is refused.
    ///   - options: `operation` and `retention` count.
    ///   - writer: The user's database.
    ///   - operation: Writes the business rows. What it throws rolls everything back and leaves the key free.
    /// - Returns: The first result.
    /// - Throws: The operation's error; `OnceError`, which says what to do with the key; what encoding the request
    ///   throws.
    public func transaction<Value: Codable & Sendable>(
        _ key: IdempotencyKey, scope: Scope, request: some Encodable, options: PerformOptions = .standard,
        in writer: any DatabaseWriter,
        operation: @escaping @Sendable (Database, TransactionAttempt) throws -> Value
    ) async throws -> Value {
        try await transactionReport(
            key, scope: scope, request: request, options: options, in: writer, operation: operation
        ).value
    }

    /// As `transaction`, and tells whether the operation ran now or before.
    public func transactionReport<Value: Codable & Sendable>(
        _ key: IdempotencyKey, scope: Scope, request: some Encodable, options: PerformOptions = .standard,
        in writer: any DatabaseWriter,
        operation: @escaping @Sendable (Database, TransactionAttempt) throws -> Value
    ) async throws -> Report<Value> {
        let fingerprint = Fingerprint(of: try OutcomeCoding.encode(request))
        return try await SQLiteIdempotency(configuration: configuration).report(
            key, scope: scope, fingerprint: fingerprint, options: options, in: writer, operation: operation)
    }
}
