public import Idempotency

extension RedisStore: WakingStore {
    /// Returns when the record of this key has changed, in whichever process, when `limit` is over, or when the task is
    /// cancelled.
    ///
    /// The server tells of changes (publish and subscribe). While it cannot be heard, or where `announces` is off, only
    /// the limit ends the wait; whoever waits then asks again now and then.
    public func change(of id: RecordID, within limit: Duration) async {
        await withTaskGroup(of: Void.self) { group in
            if context.configuration.announces {
                group.addTask { await self.listener.wait(for: id) }
            }
            group.addTask { try? await Task.sleep(for: limit) }
            await group.next()
            group.cancelAll()
        }
    }
}
