/// The search for an order of the operations on one part of an object.
struct LinearizabilitySearch<Model: SequentialModel> {
    private struct Visit: Hashable {
        let explained: BitSet
        let state: Model.State
    }

    private let model: Model
    private let operations: [TimedOperation<Model.Input, Model.Output>]
    private var events: EventList
    private var state: Model.State
    private var explained: BitSet
    private var path: [(operation: Int, before: Model.State)] = []
    private var visits: Set<Visit> = []
    private var unexplained: Int
    private var longest: (path: [Int], stuck: [Int]) = ([], [])

    init(model: Model, state: Model.State, operations: [TimedOperation<Model.Input, Model.Output>]) {
        self.model = model
        self.state = state
        self.operations = operations
        events = EventList(operations.map { ($0.called, $0.returned) })
        explained = BitSet(count: operations.count)
        unexplained = operations.count { $0.returned != nil }
    }

    /// Searches until every operation that returned is explained, or nothing is left to try.
    mutating func run(stepLimit: Int) -> LinearizabilityVerdict {
        var steps = 0
        var place = events.first
        while unexplained > 0 {
            steps += 1
            guard steps <= stepLimit else { return .undecided(steps: steps) }
            if case .call(let operation)? = events[place] {
                place = explain(operation) ? events.first : events.place(after: place)
            } else {
                guard let operation = stepBack() else {
                    return .violation(explained: longest.path, stuck: longest.stuck)
                }
                place = events.place(afterCallOf: operation)
            }
        }
        return .linearizable
    }

    /// Puts an operation at the end of the order, unless it cannot be there or that was tried before.
    private mutating func explain(_ operation: Int) -> Bool {
        guard let next = model.step(state, operations[operation].input, operations[operation].output) else {
            return false
        }
        explained.insert(operation)
        guard visits.insert(Visit(explained: explained, state: next)).inserted else {
            explained.remove(operation)
            return false
        }
        path.append((operation, state))
        state = next
        events.remove(operation)
        if operations[operation].returned != nil { unexplained -= 1 }
        return true
    }

    /// Takes the last operation of the order out again.
    private mutating func stepBack() -> Int? {
        if path.count >= longest.path.count { longest = (path.map(\.operation), openOperations) }
        guard let (operation, before) = path.popLast() else { return nil }
        explained.remove(operation)
        state = before
        events.restore(operation)
        if operations[operation].returned != nil { unexplained += 1 }
        return operation
    }

    /// The operations that were called before the next return.
    private var openOperations: [Int] {
        var found: [Int] = []
        var place = events.first
        while case .call(let operation)? = events[place] {
            found.append(operation)
            place = events.place(after: place)
        }
        return found
    }
}
