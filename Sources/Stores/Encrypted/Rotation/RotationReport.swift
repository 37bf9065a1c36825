/// What a run through all records has come to.
public struct RotationReport: Hashable, Sendable {
    /// Records that are encrypted with the active key now and were not before.
    public var rewritten = 0
    /// Of those, the ones that were not encrypted at all.
    public var encrypted = 0
    /// Records that were encrypted with the active key already, when they were looked at. In a server without indexes
    /// that changes meanwhile one may be looked at, and counted, twice.
    public var current = 0
    /// Records with an attempt under way, left for its next write.
    public var running = 0
    /// Records that changed just then; whoever changed them has encrypted them anew.
    public var changed = 0
    /// Records of shredded scopes: nobody can encrypt them anew.
    public var shredded = 0
    /// Records that cannot be read.
    public var unreadable = 0
    /// What is wrong with the first of those.
    public var problem: String?
    /// How many records still need a key other than the active one, by its id. A key that is not here may be removed.
    public var needed: [String: Int] = [:]

    /// A report of nothing.
    public init() {}

    /// Forgets what was seen, not what was done: every record is seen once more, also those that were rewritten.
    mutating func beginAnew() {
        let done = (rewritten, encrypted)
        self = RotationReport()
        (rewritten, encrypted) = done
    }

    /// Whether every record that can be is encrypted with the active key.
    public var isComplete: Bool { running == 0 && changed == 0 && unreadable == 0 }
}
