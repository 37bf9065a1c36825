import IdempotencyTestKit
import Testing

@Suite("The explorer") struct ExplorerTests {
    /// Two processes that add one to a shared number: read it, then write what was read plus one.
    struct Counters: ExplorableSystem {
        struct State: Hashable, Sendable {
            var number = 0
            var read: [Int?] = [nil, nil]
            var done = [false, false]
        }
        enum Action: CustomStringConvertible {
            case read(Int), write(Int)
            var description: String {
                switch self {
                case .read(let process): "\(process) reads"
                case .write(let process): "\(process) writes"
                }
            }
        }
        var isAtomic = false
        var initial: State { State() }

        func actions(in state: State) -> [Action] {
            (0..<2).compactMap { process in
                if state.done[process] { return nil }
                if state.read[process] != nil { return .write(process) }
                return isAtomic && state.read[1 - process] != nil ? nil : .read(process)
            }
        }

        func apply(_ action: Action, to state: inout State) -> String? {
            switch action {
            case .read(let process): state.read[process] = state.number
            case .write(let process):
                state.number = (state.read[process] ?? 0) + 1
                state.read[process] = nil
                state.done[process] = true
            }
            return state.done == [true, true] && state.number != 2 ? "one addition is lost" : nil
        }

        func summary(of state: State) -> String { "number \(state.number)" }
    }

    @Test("Visits every state once and finds nothing wrong where nothing is")
    func complete() {
        let exploration = Explorer(Counters(isAtomic: true)).explore()
        #expect(exploration.isComplete && exploration.counterexample == nil)
        #expect(exploration.states == 8, "start, after each of four first steps, after two third ones, and the end")
        #expect(exploration.depth == 4)
    }

    @Test("Prints a shortest history that breaks a promise")
    func counterexample() throws {
        let exploration = Explorer(Counters()).explore()
        let found = try #require(exploration.counterexample)
        #expect(found.steps.count == 4 && !exploration.isComplete)
        #expect(found.description.contains("1. 0 reads") && found.description.contains("✗ one addition is lost"))
    }

    @Test("Says that it is not complete when its limit ended it")
    func limit() {
        let exploration = Explorer(Counters(isAtomic: true), stateLimit: 3).explore()
        #expect(!exploration.isComplete && exploration.counterexample == nil)
    }
}
