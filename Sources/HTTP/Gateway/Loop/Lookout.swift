import Idempotency
import Synchronization

/// Hears of changes that other processes make to the records that guests of the waiting room wait for, so that they
/// need not ask the store again and again.
final class Lookout: Sendable {
    private let store: any WakingStore
    private let watched = Mutex<Set<RecordID>>([])
    private let ids: AsyncStream<RecordID>
    private let asked: AsyncStream<RecordID>.Continuation

    /// A lookout over `store`; `nil` when that tells nothing of other processes.
    init?(over store: any RecordStore) {
        guard let store = store as? any WakingStore, store.hearsOtherProcesses else { return nil }
        self.store = store
        (ids, asked) = AsyncStream.makeStream()
    }

    /// Somebody waits for the record under `id`. Does nothing when that is watched already.
    func watch(_ id: RecordID) {
        if watched.withLock({ $0.insert(id).inserted }) { asked.yield(id) }
    }

    /// Watches until the task is cancelled; `room` hears of every change.
    func run(for room: WaitingRoom) async {
        await withDiscardingTaskGroup { tasks in
            for await id in ids {
                tasks.addTask {
                    await self.store.change(of: id, within: Self.limit)
                    self.watched.withLock { _ = $0.remove(id) }
                    room.rouse(id)
                }
            }
        }
    }

    /// A record that nobody waits for any more is watched no longer than that.
    private static let limit = Duration.seconds(5)
}
