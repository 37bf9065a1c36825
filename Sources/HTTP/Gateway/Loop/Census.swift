import Synchronization

/// Counts what is in flight over all event loops, so that a limit holds and a shutdown knows when it may go on.
final class Census: Sendable {
    private struct State {
        var connections = 0
        var byAddress: [String: Int] = [:]
        var exchanges = 0
        var isClosed = false
        var limit: Int
        var addressLimit: Int
        var departure: CheckedContinuation<Void, Never>?

        var isEmpty: Bool { connections == 0 && exchanges == 0 }
    }

    private let state: Mutex<State>

    init(connectionLimit: Int, addressLimit: Int = .max) {
        state = Mutex(State(limit: connectionLimit, addressLimit: addressLimit))
    }

    /// From now on so many connections may be open, and so many of one address; those that are stay.
    func adopt(connectionLimit: Int, addressLimit: Int) {
        state.withLock { state in
            state.limit = connectionLimit
            state.addressLimit = addressLimit
        }
    }

    /// How many connections and guarded exchanges there are.
    var counts: (connections: Int, exchanges: Int) { state.withLock { ($0.connections, $0.exchanges) } }

    /// Counts a connection in, unless there are too many or the doors are closed.
    ///
    /// - Parameter address: Whose connections are counted together; `nil` for one that the limit per address does not
    ///   concern.
    func enterConnection(from address: String? = nil) -> Bool {
        state.withLock { state in
            guard !state.isClosed, state.connections < state.limit else { return false }
            if let address {
                guard state.byAddress[address, default: 0] < state.addressLimit else { return false }
                state.byAddress[address, default: 0] += 1
            }
            state.connections += 1
            return true
        }
    }

    /// Counts a connection out, with the address that it was counted in with.
    func leaveConnection(from address: String? = nil) {
        leave { state in
            state.connections -= 1
            guard let address, let count = state.byAddress[address] else { return }
            state.byAddress[address] = count > 1 ? count - 1 : nil
        }
    }

    /// Counts a guarded exchange in; it may outlive its connection.
    func enterExchange() {
        state.withLock { $0.exchanges += 1 }
    }

    /// Counts a guarded exchange out.
    func leaveExchange() {
        leave { $0.exchanges -= 1 }
    }

    /// Lets no further connection in and waits until all have left, or the waiting task is cancelled.
    func emptied() async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isOver = state.withLock { state in
                    state.isClosed = true
                    if state.isEmpty || Task.isCancelled { return true }
                    state.departure = continuation
                    return false
                }
                if isOver { continuation.resume() }
            }
        } onCancel: {
            state.withLock { $0.departure.take() }?.resume()
        }
    }

    private func leave(_ change: (inout State) -> Void) {
        let departure = state.withLock { state in
            change(&state)
            return state.isEmpty ? state.departure.take() : nil
        }
        departure?.resume()
    }
}
