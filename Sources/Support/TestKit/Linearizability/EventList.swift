/// The calls and returns of a history in the order of time, as a list from which an operation can be taken out and put
/// back where it was.
struct EventList {
    enum Event {
        case call(Int)
        case `return`(Int)
    }

    private var events: [Event] = []
    private var next: [Int]
    private var previous: [Int]
    private var callPlace: [Int]
    private var returnPlace: [Int?]

    /// The events of operations that were called and returned at these times; a call comes before a return of the same
    /// time.
    init(_ spans: [(called: UInt64, returned: UInt64?)]) {
        var timed: [(time: UInt64, isReturn: Bool, event: Event)] = []
        for (operation, span) in spans.enumerated() {
            timed.append((span.called, false, .call(operation)))
            if let returned = span.returned { timed.append((returned, true, .return(operation))) }
        }
        timed.sort { $0.time == $1.time ? !$0.isReturn && $1.isReturn : $0.time < $1.time }
        callPlace = [Int](repeating: 0, count: spans.count)
        returnPlace = [Int?](repeating: nil, count: spans.count)
        for (index, entry) in timed.enumerated() {
            switch entry.event {
            case .call(let operation): callPlace[operation] = index + 1
            case .return(let operation): returnPlace[operation] = index + 1
            }
        }
        // Place 0 is the head of the list; the place after the last one is its end.
        events = timed.map(\.event)
        next = (0...timed.count + 1).map { $0 + 1 }
        previous = (0...timed.count + 1).map { $0 - 1 }
    }

    /// The place of the first event that is still in the list.
    var first: Int { next[0] }

    /// The place after `place`.
    func place(after place: Int) -> Int { next[place] }

    /// The place after the call of an operation.
    func place(afterCallOf operation: Int) -> Int { next[callPlace[operation]] }

    /// The event at a place, or `nil` at the end.
    subscript(place: Int) -> Event? {
        place <= events.count ? events[place - 1] : nil
    }

    /// Takes both events of an operation out.
    mutating func remove(_ operation: Int) {
        unlink(callPlace[operation])
        if let place = returnPlace[operation] { unlink(place) }
    }

    /// Puts both events of the operation that was taken out last back.
    mutating func restore(_ operation: Int) {
        if let place = returnPlace[operation] { link(place) }
        link(callPlace[operation])
    }

    private mutating func unlink(_ place: Int) {
        next[previous[place]] = next[place]
        previous[next[place]] = previous[place]
    }

    private mutating func link(_ place: Int) {
        next[previous[place]] = place
        previous[next[place]] = place
    }
}
