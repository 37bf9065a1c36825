public import Idempotency

/// A line of the audit log: what somebody wanted to change, or what came of it.
///
/// The intent is on the disk before the change is made; the result follows under the same `change`. An intent without a
/// result means that the process ended in between: look at the record.
public struct AuditEntry: Sendable {
    /// What is done.
    public enum Action: String, Hashable, Sendable {
        /// In doubt becomes completed.
        case resolve
        /// In doubt becomes vacant.
        case release
    }

    /// Which of the lines of a change it is.
    public enum Phase: String, Hashable, Sendable {
        /// It is about to be made.
        case intent
        /// It was made.
        case done
        /// It was not made.
        case refused
        /// It may have been made.
        case unknown
    }

    /// When the line was written, by the clock of the machine.
    public var time: Timestamp
    /// What intent and result have in common: 32 random hexadecimal digits.
    public var change: String
    /// Which line it is.
    public var phase: Phase = .intent
    /// Who does it: the operating system's user, or the admin API with the name that its caller gave.
    public var author: String
    /// What is done.
    public var action: Action
    /// To which record.
    public var id: RecordID
    /// Why.
    public var reason: String
    /// Whether a lapsed attempt may be settled too.
    public var forced: Bool
    /// The record as it was seen.
    public var before: Record
    /// The record as it is; `nil` after a release and before the result.
    public var after: Record?
    /// Why it was not made.
    public var error: String?

    /// An intent.
    public init(
        time: Timestamp, change: String, author: String, action: Action, id: RecordID, reason: String, forced: Bool,
        before: Record
    ) {
        self.time = time
        self.change = change
        self.author = author
        self.action = action
        self.id = id
        self.reason = reason
        self.forced = forced
        self.before = before
    }
}

/// Where changes are written down.
public protocol AuditLog: Sendable {
    /// Adds a line; returns when it is durable.
    ///
    /// - Throws: What the place says that it is to be kept in; nothing is changed then.
    func append(_ entry: AuditEntry) async throws
}
