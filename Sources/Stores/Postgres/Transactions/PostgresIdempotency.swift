public import Idempotency

/// Idempotency within the user's own PostgreSQL database: the key and the business rows commit together, or neither
/// does.
///
/// This is the only mode that is exactly once without any help from the operation: there is no moment at which the
/// effect has happened and the key does not know. No running record is ever visible to others, so nothing can be in
/// doubt. An operation that calls other systems does not belong here, as their effects are not rolled back; use
/// `Once.perform`.
public struct PostgresIdempotency: Sendable {
    /// The user's database.
    public let database: PostgresDatabase
    /// Retention, readable keys, storable errors.
    public var configuration: Once.Configuration

    /// What is needed to perform operations within transactions.
    ///
    /// - Parameters:
    ///   - database: The user's database.
    ///   - configuration: `retention`, `keepsKeys` and `storableErrors` count, the rest is for other modes.
    public init(_ database: PostgresDatabase, configuration: Once.Configuration = Once.Configuration()) {
        self.database = database
        self.configuration = configuration
    }

    /// Performs an operation once per key, within a transaction of its own, and tells whether it ran now or before.
    ///
    /// When the connection breaks while it commits, the record tells whether it had: it is read back over a new one.
    ///
    /// - Parameters:
    ///   - key: What the caller named the operation.
    ///   - scope: Whose key it is, and for which operation.
    ///   - fingerprint: Tells this request from others under the same key.
    ///   - options: `operation` and `retention` count.
    ///   - operation: Writes the business rows. What it throws rolls everything back and leaves the key free; a refusal
    ///     that retries are to get again is returned as a value.
    /// - Throws: The operation's error; `OnceError`, which says what to do with the key.
    public func report<Value: Codable & Sendable>(
        _ key: IdempotencyKey, scope: Scope, fingerprint: Fingerprint, options: PerformOptions = .standard,
        operation: @escaping @Sendable (PostgresTransaction, TransactionAttempt) throws -> Value
    ) async throws -> Report<Value> {
        let work = KeyedWork(
            id: RecordID(scope: scope, key: key), fingerprint: fingerprint, owner: .fresh(),
            label: Label(
                key: configuration.keepsKeys ? key.string : "", scope: scope.name, operation: options.operation ?? ""),
            retention: options.retention ?? configuration.retention, errors: configuration.storableErrors,
            duplicates: database.configuration.duplicates, usualPatience: database.configuration.store.lockTimeout)
        do {
            return try await database.onConnection { connection, deadline in
                try work.run(on: connection, until: deadline, operation)
            }
        } catch let lost as KeyedWork.LostCommit {
            return try await readBack(work, lost)
        } catch let error as StoreError {
            throw OnceError(.unavailable(error.code, error.message), cause: error)
        }
    }

    /// Finds out whether a commit whose answer was lost took place.
    private func readBack<Value: Codable & Sendable>(
        _ work: KeyedWork, _ lost: KeyedWork.LostCommit
    ) async throws -> Report<Value> {
        let found: KeyedWork.Found
        do {
            found = try await database.onConnection { connection, deadline in
                try work.find(on: connection, after: lost, until: deadline)
            }
        } catch {
            throw OnceError(
                .storeUnavailable,
                "The connection broke while the transaction was committed, and the server does not tell whether it "
                    + "was; the same key tells later.", retry: .sameKeyLater, retryAfter: .seconds(1), cause: error)
        }
        switch found {
        case .committed(let outcome, let fence):
            let value: Value = try OutcomeCoding.value(of: outcome, among: work.errors)
            return Report(value: value, isReplay: false, fence: fence)
        case .nothing:
            throw OnceError(
                .storeUnavailable, "The connection broke and the transaction was rolled back; nothing ran.",
                retry: .sameKey, retryAfter: .seconds(1), cause: lost.cause)
        }
    }
}
