import Idempotency
import Logging
import NIOCore

/// What comes of an exchange with the upstream after the caller was told that there was no answer in time.
extension GuardedExchange {
    /// The upstream has been silent for too long. Its answer, should it still come, settles the doubt.
    ///
    /// - Returns: For how long the exchange is kept open, or `nil` when it is not.
    func keepOpen() -> TimeAmount? {
        // With rerun the key is free from now on: nothing is left that a late answer could settle.
        guard !isBrokenOff, execution.terms.interrupted != .rerun, let time = loop.keepOpen() else { return nil }
        isKeptOpen = true
        loop.shared.room.expectLateEnd(true, of: request.request.id)
        // It was sent, and is never sent again.
        let size = request.dropBody()
        heldBytes -= size
        loop.memory.letGo(size)
        return time
    }

    /// The exchange that was kept open has ended; without an end, the upstream said nothing to the last.
    func attemptEndedLate(_ end: Execution.End?) {
        guard isKeptOpen else { return }
        isKeptOpen = false
        loop.keptOpen -= 1
        loop.shared.room.expectLateEnd(false, of: request.request.id)
        let effects = end.map { execution.operationEndedLate($0, at: loop.now) } ?? Effects()
        if effects == Effects(), !execution.hasLateEnd {
            loop.shared.observer.lateAnswer(.missing)
            // Those who wait for it wait in vain.
            loop.shared.room.announce(.inDoubt(.unknownEnd), of: request.request)
        }
        perform(effects)
    }

    /// The late answer was written down, or was not.
    func settled(_ late: Answer) {
        let record = "\(request.request.id)"
        switch late {
        case .performed, .released:
            loop.shared.observer.lateAnswer(.settled)
            loop.shared.logger.info("a late answer settled its doubt", metadata: ["idempotency.record": "\(record)"])
        case .replayed, .superseded, .mismatch, .inProgress:
            loop.shared.observer.lateAnswer(.overruled)
            loop.shared.logger.notice(
                "a late answer came after its doubt had been settled otherwise",
                metadata: ["idempotency.record": "\(record)", "idempotency.settled": "\(late.name)"])
        case .inDoubt, .overQuota, .unavailable:
            loop.shared.observer.lateAnswer(.missing)
            loop.shared.logger.warning(
                "a late answer could not be written down", metadata: ["idempotency.record": "\(record)"])
        }
        loop.shared.room.announce(late, of: request.request)
    }
}
