import IdempotencyTestKit
import Synchronization

/// All requests of all callers with their answers, in one order of calls and returns.
final class Histories: Sendable {
    typealias Operation = TimedOperation<String, Answer>

    private struct State {
        var operations: [String: [Operation]] = [:]
        var order: UInt64 = 0
    }

    private let state = Mutex(State())

    /// Notes that a request with `key` leaves, and gives its number for `end`.
    func begin(_ key: String) -> Int {
        state.withLock { state in
            state.order += 1
            let operation = Operation(key, output: nil, called: state.order, returned: nil)
            state.operations[key, default: []].append(operation)
            return state.operations[key, default: []].count - 1
        }
    }

    /// Notes how a request ended; without an answer its end stays open.
    func end(_ number: Int, _ key: String, _ answer: Answer?) {
        guard let answer else { return }
        state.withLock { state in
            state.order += 1
            state.operations[key]?[number].output = answer
            state.operations[key]?[number].returned = state.order
        }
    }

    /// The requests of each key.
    var all: [String: [Operation]] { state.withLock { $0.operations } }
}
