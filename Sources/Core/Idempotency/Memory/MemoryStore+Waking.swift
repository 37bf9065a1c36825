extension MemoryStore: WakingStore {
    /// There are none.
    public var hearsOtherProcesses: Bool { false }

    /// Returns when the record of this key has changed, when `limit` is over, or when the task is cancelled.
    public func change(of id: RecordID, within limit: Duration) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.bell.ring(for: id) }
            group.addTask { try? await Task.sleep(for: limit) }
            await group.next()
            group.cancelAll()
        }
    }
}
