import Idempotency
import NIOCore
import Synchronization

/// What other threads have for an event loop: the loop is woken once per batch, not once per letter.
final class Mailbox: Sendable {
    /// A piece of news for a guarded exchange of this loop.
    enum Letter: Sendable {
        /// The store has answered a write.
        case reply(Result<ExchangeReply, StoreError>, Effects.Purpose)
        /// The attempt that it waits for has ended in this process, or has been given up and may still end.
        case nudge(Answer, of: Fingerprint, expectsLateEnd: Bool)
        /// The record that it waits for may have been changed by another process.
        case look
    }

    private struct State {
        var letters: [(NIOLoopBound<GuardedExchange>, Letter)] = []
        var isClosed = false
    }

    private let state = Mutex(State())
    private let eventLoop: any EventLoop

    init(on eventLoop: any EventLoop) {
        self.eventLoop = eventLoop
    }

    /// Leaves a letter; from any thread.
    func post(_ letter: Letter, to exchange: NIOLoopBound<GuardedExchange>) {
        let isFirst = state.withLock { state in
            guard !state.isClosed else { return false }
            state.letters.append((exchange, letter))
            return state.letters.count == 1
        }
        if isFirst { eventLoop.execute { self.deliver() } }
    }

    /// Takes no further letter: the loop is about to end.
    func close() {
        state.withLock { $0.isClosed = true }
    }

    private func deliver() {
        let batch = state.withLock { state in
            var batch: [(NIOLoopBound<GuardedExchange>, Letter)] = []
            swap(&batch, &state.letters)
            return batch
        }
        for (exchange, letter) in batch { exchange.value.receive(letter) }
    }
}
