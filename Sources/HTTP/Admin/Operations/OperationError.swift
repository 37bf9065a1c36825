import Idempotency

/// Why an operator's wish was not fulfilled.
public struct OperationError: Error, Sendable, CustomStringConvertible {
    /// What kind of refusal it is.
    public enum Code: String, Hashable, Sendable {
        /// No such record; it may have been released, or expired.
        case notFound = "not-found"
        /// More than one record fits.
        case ambiguous
        /// An attempt is running under a lease that holds.
        case running
        /// The lease is over, but the attempt has not been settled; only by force.
        case lapsed
        /// There is an outcome, and outcomes never change.
        case completed
        /// The record changed between the look and the write; nothing was written.
        case changed
        /// No reason was given.
        case reasonMissing = "reason-missing"
        /// The store failed and nothing was written.
        case storeFailed = "store-failed"
        /// The store failed and the change may have been made.
        case unknown
        /// The audit log cannot be written, so nothing was changed.
        case auditFailed = "audit-failed"
        /// The change was made, but its second line is missing in the audit log.
        case auditIncomplete = "audit-incomplete"
    }

    /// What kind of refusal it is.
    public let code: Code
    /// What happened and what can be done.
    public let message: String
    /// The error underneath.
    public let cause: (any Error)?

    private init(_ code: Code, _ message: String, cause: (any Error)? = nil) {
        self.code = code
        self.message = message
        self.cause = cause
    }

    /// The message.
    public var description: String { message }

    static func notFound(_ selector: RecordSelector) -> OperationError {
        OperationError(
            .notFound, "There is no record with \(selector): it was never claimed, was released, or has expired.")
    }

    static func ambiguous(_ selector: RecordSelector, _ ids: [RecordID]) -> OperationError {
        let list = ids.prefix(10).map { "\n  \($0)" }.joined()
        return OperationError(.ambiguous, "More than one record has \(selector); name one by its id:\(list)")
    }

    static func running(remaining: Duration) -> OperationError {
        let seconds = max(1, Int(remaining.components.seconds))
        return OperationError(
            .running,
            "An attempt is running and its lease holds for another \(seconds) s; settling it now could run the "
                + "operation twice. Wait for it, or stop the process that runs it and wait until its lease is over.")
    }

    static let lapsed = OperationError(
        .lapsed,
        "The lease of the attempt is over, but nobody has settled it: the attempt may be paused and come back, and the "
            + "next request with the key will meet the interrupted policy. Settle it all the same with force, "
            + "once its process is known to be gone.")

    static let alreadyCompleted = OperationError(
        .completed, "The record is completed, and an outcome never changes. It expires when its retention is over.")

    static let changed = OperationError(
        .changed, "The record has changed since it was looked at, so nothing was written. Look again, then decide.")

    static let reasonMissing = OperationError(
        .reasonMissing, "A reason is needed: it goes into the audit log.")

    static func storeFailed(_ error: StoreError) -> OperationError {
        OperationError(.storeFailed, "The store failed (\(error)); nothing was changed.", cause: error)
    }

    static func unknown(_ error: StoreError) -> OperationError {
        OperationError(
            .unknown, "The store failed (\(error)) and the change may have been made all the same: look again.",
            cause: error)
    }

    static func auditFailed(_ error: any Error) -> OperationError {
        OperationError(
            .auditFailed, "The audit log cannot be written (\(error)), so nothing was changed.", cause: error)
    }

    static func auditIncomplete(_ error: any Error) -> OperationError {
        OperationError(
            .auditIncomplete,
            "The change was made, but the line that says so could not be added to the audit log (\(error)).",
            cause: error)
    }
}
