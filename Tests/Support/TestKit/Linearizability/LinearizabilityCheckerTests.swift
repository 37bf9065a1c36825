import IdempotencyTestKit
import Testing

@Suite("The linearizability checker") struct LinearizabilityCheckerTests {
    enum Call: Hashable, Sendable { case read, write(Int), add(Int) }

    /// Integers under names, which can be read, written, and added to (which answers with the value before).
    struct Cells: SequentialModel {
        struct Input: Sendable {
            var cell: String
            var call: Call
        }
        func part(of input: Input) -> String { input.cell }
        func initialState(of part: String) -> Int { 0 }
        func step(_ state: Int, _ input: Input, _ output: Int?) -> Int? {
            switch input.call {
            case .read: output == nil || output == state ? state : nil
            case .write(let value): value
            case .add(let value): output == nil || output == state ? state + value : nil
            }
        }
    }

    typealias Operation = TimedOperation<Cells.Input, Int>

    func operation(_ call: Call, _ output: Int?, _ called: UInt64, _ returned: UInt64?, cell: String = "a") -> Operation
    {
        Operation(Cells.Input(cell: cell, call: call), output: output, called: called, returned: returned)
    }

    func verdict(_ history: [Operation]) -> LinearizabilityVerdict { LinearizabilityChecker(Cells()).check(history) }

    @Test("A history of one caller is linearizable if every answer is right")
    func sequential() {
        #expect(verdict([operation(.write(3), 0, 1, 2), operation(.read, 3, 3, 4)]) == .linearizable)
        #expect(verdict([operation(.write(3), 0, 1, 2), operation(.read, 0, 3, 4)]) != .linearizable)
        #expect(verdict([]) == .linearizable)
    }

    @Test("Overlapping operations may have happened in either order")
    func overlap() {
        #expect(verdict([operation(.write(3), 0, 1, 4), operation(.read, 0, 2, 3)]) == .linearizable)
        #expect(verdict([operation(.write(3), 0, 1, 4), operation(.read, 3, 2, 3)]) == .linearizable)
    }

    @Test("A stale read after a fresh one is found, and the report names what cannot be explained")
    func staleRead() {
        let history = [
            operation(.write(3), 0, 1, 10), operation(.read, 3, 2, 3), operation(.read, 0, 4, 5),
        ]
        #expect(verdict(history) == .violation(explained: [0, 1], stuck: [2]))
    }

    @Test("A lost update is found: two callers that add and both see nothing")
    func lostUpdate() {
        #expect(verdict([operation(.add(1), 0, 1, 4), operation(.add(1), 0, 2, 3)]) != .linearizable)
        #expect(verdict([operation(.add(1), 0, 1, 4), operation(.add(1), 1, 2, 3)]) == .linearizable)
    }

    @Test("An operation with an open end may take effect late, or never")
    func openEnd() {
        let write = operation(.write(7), nil, 1, nil)
        #expect(verdict([write, operation(.read, 0, 2, 3), operation(.read, 7, 4, 5)]) == .linearizable)
        #expect(verdict([write, operation(.read, 0, 2, 3), operation(.read, 0, 4, 5)]) == .linearizable)
        #expect(verdict([write, operation(.read, 7, 2, 3), operation(.read, 0, 4, 5)]) != .linearizable)
        #expect(verdict([operation(.read, 7, 1, 2), operation(.write(7), nil, 3, nil)]) != .linearizable)
    }

    @Test("Parts are checked apart, and a violation points into the whole history")
    func parts() {
        let history = [
            operation(.write(1), 0, 1, 2, cell: "a"), operation(.read, 0, 3, 4, cell: "b"),
            operation(.read, 5, 5, 6, cell: "b"),
        ]
        #expect(verdict(history) == .violation(explained: [1], stuck: [2]))
    }

    @Test("A search that takes too long says so instead of guessing")
    func undecided() {
        let history = (0..<30).map { operation(.add(1), $0 == 29 ? 99 : nil, UInt64($0), 1_000) }
        let checker = LinearizabilityChecker(Cells(), stepLimit: 5)
        guard case .undecided = checker.check(history) else { return #expect(Bool(false)) }
    }

    @Test("Random concurrent histories of a right object are linearizable, and no longer once an answer is changed")
    func random() {
        var generator = SeededGenerator(Seed.current.derived("cells"))
        for _ in 0..<200 {
            var value = 0
            // Every operation takes effect at 10 * index; calls and returns lie up to 40 around that.
            var history = (0..<30).map { index -> Operation in
                let moment = 1_000 + UInt64(index * 10)
                let before = value
                let call: Call = Bool.random(using: &generator) ? .read : .add(Int.random(in: 1...9, using: &generator))
                if case .add(let amount) = call { value += amount }
                let called = moment - UInt64.random(in: 0...40, using: &generator)
                return operation(call, before, called, moment + UInt64.random(in: 0...40, using: &generator))
            }
            #expect(verdict(history) == .linearizable, "\(Seed.current)")
            let victim = Int.random(in: 0..<30, using: &generator)
            history[victim].output? -= 1_000
            #expect(verdict(history) != .linearizable, "\(Seed.current)")
        }
    }
}
