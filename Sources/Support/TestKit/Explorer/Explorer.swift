/// Looks at every state that a system can reach, breadth first, so that a counterexample is as short as can be.
///
/// A visited state is remembered by 64 bits of its hash. Two states could share them and one be left out; for a million
/// states the odds are one in thirty million, and other ones in every process, because Swift seeds its hashes anew.
public struct Explorer<System: ExplorableSystem>: Sendable {
    private let system: System
    private let stateLimit: Int

    /// Explores `system` and stops, not complete, at `stateLimit` states.
    public init(_ system: System, stateLimit: Int = 1_000_000) {
        self.system = system
        self.stateLimit = stateLimit
    }

    private struct Node {
        let parent: Int
        let action: Int
    }

    /// Explores until every state was seen or a promise is broken. Keeps the calling thread busy until then: call it on
    /// a thread of its own, not in the pool that other tasks need.
    public func explore() -> Exploration {
        let start = ContinuousClock.now
        var exploration = Exploration()
        var nodes = [Node(parent: -1, action: -1)]
        var visited: Set<Int> = [system.initial.hashValue]
        var frontier = [(state: system.initial, node: 0)]
        exploration.isComplete = true
        search: while !frontier.isEmpty {
            var next: [(state: System.State, node: Int)] = []
            for (state, node) in frontier {
                for (index, action) in system.actions(in: state).enumerated() {
                    var successor = state
                    let violation = system.apply(action, to: &successor)
                    exploration.transitions += 1
                    if let violation {
                        nodes.append(Node(parent: node, action: index))
                        exploration.counterexample = trace(nodes, violation)
                        exploration.isComplete = false
                        break search
                    }
                    guard visited.insert(successor.hashValue).inserted else { continue }
                    nodes.append(Node(parent: node, action: index))
                    next.append((successor, nodes.count - 1))
                }
                if nodes.count >= stateLimit {
                    exploration.isComplete = false
                    break search
                }
            }
            if !next.isEmpty { exploration.depth += 1 }
            frontier = next
        }
        exploration.states = nodes.count
        exploration.duration = ContinuousClock.now - start
        return exploration
    }

    /// Replays the way to the last node and writes it down.
    private func trace(_ nodes: [Node], _ violation: String) -> Counterexample {
        var way: [Int] = []
        var node = nodes[nodes.count - 1]
        while node.action >= 0 {
            way.append(node.action)
            node = nodes[node.parent]
        }
        var state = system.initial
        var steps: [String] = []
        for index in way.reversed() {
            let action = system.actions(in: state)[index]
            _ = system.apply(action, to: &state)
            steps.append("\(action)\n      \(system.summary(of: state))")
        }
        return Counterexample(violation: violation, steps: steps)
    }
}
