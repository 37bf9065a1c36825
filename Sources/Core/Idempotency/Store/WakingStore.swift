/// A store that can tell when a record has changed, so that those who wait for it need not poll.
public protocol WakingStore: RecordStore {
    /// Returns when the record of this key may have changed, when `limit` is over, or when the task is cancelled.
    ///
    /// It is a hint: waking for nothing and missing a change are both allowed, as whoever waits looks again after
    /// `limit`.
    func change(of id: RecordID, within limit: Duration) async

    /// Whether it tells of changes that other processes make; by default it does.
    var hearsOtherProcesses: Bool { get }
}

extension RecordStore {
    /// As `change(of:within:)`; of a store that tells of no changes it returns when `pause` has waited until `limit`
    /// is over.
    package func changeIfTold(
        of id: RecordID, within limit: Duration, pause: (Duration) async throws -> Void
    ) async {
        if let store = self as? any WakingStore {
            await store.change(of: id, within: limit)
        } else {
            try? await pause(limit)
        }
    }

    /// Whether it tells of changes at all, and of those that other processes make.
    package var tellsOfOtherProcesses: Bool { (self as? any WakingStore)?.hearsOtherProcesses ?? false }
}

extension WakingStore {
    /// It does.
    public var hearsOtherProcesses: Bool { true }
}
