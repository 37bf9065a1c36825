public import Idempotency

extension PostgresStore: WakingStore {
    /// Not through a pooler that exchanges sessions: a session that listens has to be its own.
    public var hearsOtherProcesses: Bool { context.configuration.pooling == .session }

    /// Returns when the record of this key has changed, in whatever process, when `limit` is over, or when the task is
    /// cancelled.
    ///
    /// The first of this process who waits for a key marks its record, so that its change is notified. Without a
    /// connection for notifications those of this process are still woken, the others wait for `limit`.
    public func change(of id: RecordID, within limit: Duration) async {
        let isFirst = hearsOtherProcesses && listener.enter(id)
        defer { if hearsOtherProcesses { listener.leave(id) } }
        await withTaskGroup(of: Bool.self) { group in
            group.addTask {
                await self.context.bell.ring(for: id)
                return true
            }
            group.addTask {
                try? await Task.sleep(for: limit)
                return true
            }
            if isFirst { group.addTask { await self.mark(id) } }
            while let isOver = await group.next(), !isOver {}
            group.cancelAll()
        }
    }

    /// Marks the record as one that is waited for; whether it is not running, so that there is nothing to wait for.
    private func mark(_ id: RecordID) async -> Bool {
        // What is notified before the first connection listens is lost.
        for _ in 0..<200 where !listener.isListening {
            guard (try? await Task.sleep(for: .milliseconds(5))) != nil else { return false }
        }
        let isMarked = try? await onSide { connection, deadline in
            try connection.run(WaitStatements.mark(id), until: deadline).count == 1
        }
        return isMarked == false
    }
}
