import Synchronization

extension Run {
    /// The checkpoint that is being saved, one at a time.
    struct Saving {
        private var isBusy = false
        private var queue: [CheckedContinuation<Void, Never>] = []
        private var saver: CheckedContinuation<Bool, Never>?
        private var news: Bool?

        /// Takes the turn if it is free.
        mutating func take() -> Bool {
            defer { isBusy = true }
            if !isBusy { news = nil }
            return !isBusy
        }

        /// Waits for the turn.
        mutating func enqueue(_ next: CheckedContinuation<Void, Never>) {
            queue.append(next)
        }

        /// Gives the turn to the next in line, who has to be resumed.
        mutating func pass() -> CheckedContinuation<Void, Never>? {
            saver = nil
            news = nil
            guard !queue.isEmpty else {
                isBusy = false
                return nil
            }
            return queue.removeFirst()
        }

        /// The news that came already, or else the place to bring them to.
        mutating func await(_ saver: CheckedContinuation<Bool, Never>) -> Bool? {
            if let news { return news }
            self.saver = saver
            return nil
        }

        /// The save has ended; returns who has to be told.
        mutating func end(_ isSaved: Bool) -> CheckedContinuation<Bool, Never>? {
            news = isSaved
            return saver.take()
        }
    }

    /// Saves a checkpoint; `false` when the lease is lost or the operation has ended.
    func save(_ bytes: [UInt8]) async -> Bool {
        await withCheckedContinuation { turn in
            let isFree = state.withLock { state in
                let isFree = state.saving.take()
                if !isFree { state.saving.enqueue(turn) }
                return isFree
            }
            if isFree { turn.resume() }
        }
        let isSaved = await saveInTurn(bytes)
        state.withLock { $0.saving.pass() }?.resume()
        return isSaved
    }

    private func saveInTurn(_ bytes: [UInt8]) async -> Bool {
        var effects = handle { $0.save(checkpoint: bytes, at: $1) }
        while effects.checkpointSaved == nil, let write = effects.write { effects = await send(write) }
        if let isSaved = effects.checkpointSaved { return isSaved }
        // Queued behind a renewal, or the store failed: the pacemaker goes on with it and brings the news.
        return await withCheckedContinuation { saver in
            if let news = state.withLock({ $0.saving.await(saver) }) { saver.resume(returning: news) }
        }
    }
}
