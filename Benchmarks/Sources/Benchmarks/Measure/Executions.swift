import Synchronization

/// How often operations have run, counted by the operations themselves.
final class Executions: Sendable {
    private let count = Atomic<Int>(0)

    var value: Int { count.load(ordering: .relaxed) }

    /// One more has run.
    func add() { count.wrappingAdd(1, ordering: .relaxed) }

    /// An operation that must not run, because its key has an outcome.
    static func unexpected<Value>() throws -> Value {
        throw BenchmarkError("a replay was executed")
    }
}
