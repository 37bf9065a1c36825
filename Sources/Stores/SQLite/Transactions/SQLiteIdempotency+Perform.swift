public import GRDB
public import Idempotency
import IdempotencyEmbedded

extension SQLiteIdempotency {
    /// Performs an operation once per key, within a transaction of its own, and tells whether it ran now or before.
    ///
    /// The transaction takes the right to write at once; another writer is waited for as the database's `busyMode`
    /// says.
    ///
    /// - Parameters:
    ///   - key: What the caller named the operation.
    ///   - scope: Whose key it is, and for which operation.
    ///   - fingerprint: Tells this request from others under the same key.
    ///   - options: `operation` and `retention` count.
    ///   - writer: The user's database, with the tables in it.
    ///   - operation: Writes the business rows. What it throws rolls everything back and leaves the key free; a refusal
    ///     that retries are to get again is returned as a value. It must not end the transaction.
    /// - Throws: The operation's error; `OnceError`, which says what to do with the key.
    public func report<Value: Codable & Sendable>(
        _ key: IdempotencyKey, scope: Scope, fingerprint: Fingerprint, options: PerformOptions = .standard,
        in writer: any DatabaseWriter,
        operation: @escaping @Sendable (Database, TransactionAttempt) throws -> Value
    ) async throws -> Report<Value> {
        try await writer.writeWithoutTransaction { db in
            try Self.naming("begun; nothing ran") { try db.beginTransaction(.immediate) }
            do {
                let report = try report(
                    key, scope: scope, fingerprint: fingerprint, options: options, in: db, operation: operation)
                try Self.naming("committed; the same key tells whether it was") { try db.commit() }
                return report
            } catch {
                if db.isInsideTransaction { try? db.rollback() }
                throw error
            }
        }
    }

    /// Performs an operation once per key, within a transaction that the caller has begun and will commit.
    ///
    /// Begin it with `.immediate`: one that has only read so far may find that another writer was faster. An error that
    /// is thrown takes back what the operation wrote, and nothing else.
    ///
    /// - Throws: The operation's error; `OnceError`, which says what to do with the key.
    public func report<Value: Codable>(
        _ key: IdempotencyKey, scope: Scope, fingerprint: Fingerprint, options: PerformOptions = .standard,
        in db: Database, operation: (Database, TransactionAttempt) throws -> Value
    ) throws -> Report<Value> {
        guard db.isInsideTransaction else {
            throw Self.unavailable("The key can be kept only within a transaction; begin one first.", nil)
        }
        let request = Asked(
            id: RecordID(scope: scope, key: key), fingerprint: fingerprint,
            label: Label(
                key: configuration.keepsKeys ? key.string : "", scope: scope.name, operation: options.operation ?? ""),
            retention: options.retention ?? configuration.retention)
        let table = try Self.naming("used; have the migrations of SQLiteIdempotency been run?") {
            try RecordTable(from: StatementSource(keptBy: db))
        }
        let reading = ClockReading(
            machine: MachineReading(clock), instance: 0, boot: clock.bootID ?? "", lock: nil)
        let found = try Self.naming("read") { try table.record(request.id, at: reading) }
        switch Decision(on: found, at: reading.now, fingerprint: fingerprint, interrupted: .hold) {
        case .claim:
            return try claim(request, table, reading, db, operation)
        case .replay(let outcome):
            let value: Value = try OutcomeCoding.value(of: outcome, among: configuration.storableErrors)
            return Report(value: value, isReplay: true, fence: nil)
        case .mismatch: throw OnceError(.mismatch)
        case .inDoubt(let doubt): throw OnceError(.inDoubt(doubt))
        case .inProgress(let remaining): throw OnceError(.inProgress(retryAfter: remaining))
        // Left behind by an attempt that did not run within a transaction; whoever settles that one decides.
        case .hold, .takeOver, .reconcile: throw OnceError(.inDoubt(.leaseLapsed))
        }
    }

    private struct Asked {
        let id: RecordID
        let fingerprint: Fingerprint
        let label: Label
        let retention: Duration
    }

    private func claim<Value: Codable>(
        _ request: Asked, _ table: RecordTable, _ reading: ClockReading, _ db: Database,
        _ operation: (Database, TransactionAttempt) throws -> Value
    ) throws -> Report<Value> {
        var report: Report<Value>?
        try db.inSavepoint {
            let fence = try Self.naming("written") {
                let fence = try table.lastFence().next
                try table.keep(lastFence: fence)
                return fence
            }
            let value = try operation(db, TransactionAttempt(id: request.id, fence: fence))
            guard db.isInsideTransaction else {
                throw OnceError(
                    .inDoubt, "The operation ended the transaction that its key was to be kept in.", retry: .never)
            }
            var draft = Draft(
                claiming: request.fingerprint, owner: .fresh(), lease: .zero, label: request.label)
            draft.fence = fence
            // A result that cannot be encoded is an error like any other: it rolls everything back.
            let outcome = Outcome(.success, try OutcomeCoding.encode(value))
            draft.state = .completed(outcome, retention: request.retention)
            var lastFence = fence
            let reply = try Self.naming("written") {
                try table.apply(
                    Exchange(request.id, expecting: .vacant, next: draft), at: reading, lastFence: &lastFence)
            }
            guard case .stored = reply else { throw OnceError(.superseded) }
            report = Report(value: value, isReplay: false, fence: fence)
            return .commit
        }
        guard let report else { preconditionFailure("a savepoint that was not left by an error has a report") }
        return report
    }

    /// Gives an error of the database that is not the operation's the form that callers know.
    private static func naming<Result>(_ what: String, _ body: () throws -> Result) throws -> Result {
        do {
            return try body()
        } catch let error as OnceError {
            throw error
        } catch let error as StoreError {
            throw OnceError(.unavailable(error.code, error.message), cause: error)
        } catch {
            throw unavailable("The transaction could not be \(what).", error)
        }
    }

    private static func unavailable(_ message: String, _ cause: (any Error)?) -> OnceError {
        OnceError(.storeUnavailable, message, retry: .sameKey, retryAfter: .seconds(1), cause: cause)
    }
}
