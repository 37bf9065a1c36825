import Hummingbird
import Idempotency
import Synchronization

/// The rest of the middleware chain, lent to the task of an execution for one call and taken back before the lender
/// returns.
///
/// A router hands middlewares a function that must not outlive their call. The execution has a task of its own, because
/// a caller that hangs up cancels nothing; so the lender waits for the handler, cancelled or not.
final class LentHandler: Sendable {
    typealias Function = @Sendable (Hummingbird.Request) async -> Handled

    private enum State {
        /// Not called yet.
        case lent(Function)
        /// Called and not ended; the lender may already wait.
        case running(lender: CheckedContinuation<Void, Never>?)
        /// Ended, or taken back before it was called.
        case over
    }

    private let state: Mutex<State>

    init(_ function: @escaping Function) {
        state = Mutex(.lent(function))
    }

    /// Calls the handler; once it was taken back, tells that it did nothing.
    func call(_ request: Hummingbird.Request) async -> Handled {
        let handled = await run(request)
        let lender: CheckedContinuation<Void, Never>? = state.withLock { state in
            defer { state = .over }
            return if case .running(let lender) = state { lender } else { nil }
        }
        lender?.resume()
        return handled
    }

    /// Returns once the handler is no longer held by anyone: at once when it was not called, else when it has ended.
    func takeBack() async {
        await withCheckedContinuation { lender in
            let isOver = state.withLock { state in
                if case .running = state {
                    state = .running(lender: lender)
                    return false
                }
                state = .over
                return true
            }
            if isOver { lender.resume() }
        }
    }

    /// A function of its own, so that nothing holds the handler any more when the lender is told.
    private func run(_ request: Hummingbird.Request) async -> Handled {
        let function: Function? = state.withLock { state in
            guard case .lent(let function) = state else { return nil }
            state = .running(lender: nil)
            return function
        }
        guard let function else { return .threw(CancellationError(), .retryable) }
        return await function(request)
    }
}
