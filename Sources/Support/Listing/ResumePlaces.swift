import Synchronization

/// Where walks go on, for stores whose own place is no number: a number stands for it.
package final class ResumePlaces<Place: Sendable>: Sendable {
    private struct State {
        var places: [(number: UInt64, place: Place)] = []
        var last: UInt64 = 0
    }

    private let limit: Int
    private let state = Mutex(State())

    /// Remembers places.
    ///
    /// - Parameter limit: How many walks may be under way; of more, the oldest has to begin anew. 64: one for each
    ///   count or listing that is asked for, with room to spare.
    package init(limit: Int = 64) {
        self.limit = limit
    }

    /// A number for a place.
    package func number(_ place: Place) -> UInt64 {
        state.withLock { state in
            state.last += 1
            state.places.append((state.last, place))
            if state.places.count > limit { state.places.removeFirst() }
            return state.last
        }
    }

    /// The place that a number stands for, or `nil` for the beginning.
    package func place(_ number: UInt64) -> Place? {
        state.withLock { state in state.places.first { $0.number == number }?.place }
    }
}
