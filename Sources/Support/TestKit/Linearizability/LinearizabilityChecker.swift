/// Decides whether a concurrent history of an object could have come from one caller at a time.
///
/// The algorithm is that of Wing and Gong ("Testing and Verifying Concurrent Objects", 1993) with the memory of Lowe
/// ("Testing for linearizability", 2016), partitioned as in Porcupine (Athalye, 2017): try the operations that were
/// open first, step back at a return that was not explained yet, and never look twice at the same set of explained
/// operations with the same state.
public struct LinearizabilityChecker<Model: SequentialModel>: Sendable {
    /// An operation of the model.
    public typealias Operation = TimedOperation<Model.Input, Model.Output>

    private let model: Model
    private let stepLimit: Int

    /// A checker against `model` that gives up one part of a history after `stepLimit` steps.
    public init(_ model: Model, stepLimit: Int = 2_000_000) {
        self.model = model
        self.stepLimit = stepLimit
    }

    /// Checks every part of the history; the first violation ends it.
    public func check(_ history: [Operation]) -> LinearizabilityVerdict {
        var verdict = LinearizabilityVerdict.linearizable
        let parts = Dictionary(grouping: history.indices) { model.part(of: history[$0].input) }
        for (part, indices) in parts {
            var search = LinearizabilitySearch(
                model: model, state: model.initialState(of: part), operations: indices.map { history[$0] })
            switch search.run(stepLimit: stepLimit) {
            case .linearizable: continue
            case .undecided(let steps): verdict = .undecided(steps: steps)
            case .violation(let explained, let stuck):
                return .violation(explained: explained.map { indices[$0] }, stuck: stuck.map { indices[$0] })
            }
        }
        return verdict
    }
}
