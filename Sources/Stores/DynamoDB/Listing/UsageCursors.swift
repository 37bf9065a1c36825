import Synchronization

/// Where counts go on: a number stands for the key that a page ended with.
final class UsageCursors: Sendable {
    private struct State {
        var places: [(number: UInt64, id: String)] = []
        var last: UInt64 = 0
    }

    /// How many counts may be under way; of more, the oldest has to begin anew. 64.
    private static let limit = 64

    private let state = Mutex(State())

    /// A number for a key.
    func number(_ id: String) -> UInt64 {
        state.withLock { state in
            state.last += 1
            state.places.append((state.last, id))
            if state.places.count > Self.limit { state.places.removeFirst() }
            return state.last
        }
    }

    /// The key that a number stands for, or `nil` for the beginning.
    func id(_ number: UInt64) -> String? {
        state.withLock { state in state.places.first { $0.number == number }?.id }
    }
}
