import Synchronization

/// Counts what is in flight over all event loops, so that a limit holds and a shutdown knows when it may go on.
final class Census: Sendable {
    private struct State {
        var connections = 0
        var byAddress: [String: Int] = [:]
        var exchanges = 0
        var tunnels = 0
        var tunnelLimit: Int
        var isClosed = false
        var limit: Int
        var addressLimit: Int
        var departure: CheckedContinuation<Void, Never>?

        var isEmpty: Bool { connections == 0 && exchanges == 0 }
    }

    private let state: Mutex<State>

    init(connectionLimit: Int, addressLimit: Int = .max, tunnelLimit: Int = .max) {
        state = Mutex(State(tunnelLimit: tunnelLimit, limit: connectionLimit, addressLimit: addressLimit))
    }

    /// From now on so many connections may be open, so many of one address, and so many switched to another protocol;
    /// those that are stay.
    func adopt(connectionLimit: Int, addressLimit: Int, tunnelLimit: Int) {
        state.withLock { state in
            state.tunnelLimit = tunnelLimit
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

    /// How many connections are switched to another protocol, or wait to be.
    var tunnels: Int { state.withLock { $0.tunnels } }

    /// Counts a tunnel in, unless there are too many. Its client's connection is counted besides.
    func enterTunnel() -> Bool {
        state.withLock { state in
            guard state.tunnels < state.tunnelLimit else { return false }
            state.tunnels += 1
            return true
        }
    }

    /// Counts a tunnel out.
    func leaveTunnel() {
        state.withLock { $0.tunnels -= 1 }
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
