package import Idempotency

/// One thing that may happen in an exploration of the protocol.
package enum ProtocolAction: Hashable, Sendable {
    /// Which of the two writes that an attempt may have under way.
    package enum Lane: Hashable, Sendable { case write, renewal }
    /// How the store's clock jumps.
    package enum Jump: Hashable, Sendable { case forward, back }

    case begin(Int)
    case apply(Int, Lane)
    case receive(Int, Lane)
    case delay(Int, Lane)
    case timeOut(Int, Lane)
    case refuse(Int, Lane)
    case duplicate(Int, Lane)
    case applyStray(Int)
    case wake(Int)
    case nudge(Int)
    case takeEffect(Int)
    case end(Int, ProtocolScenario.End)
    /// An operation that was given up ends after all, or (`nil`) is not waited for any more.
    case endLate(Int, ProtocolScenario.End?)
    case reconcile(Int, Execution.Finding)
    case save(Int)
    case crash(Int)
    case pass
    case jump(Jump)
    case sweep
    case operatorReleases
    case operatorResolves
}

extension ProtocolAction: CustomStringConvertible {
    /// What happens, as a line of a trace.
    package var description: String {
        switch self {
        case .begin(let attempt): "\(name(attempt)) begins"
        case .apply(let attempt, let lane): "the store gets the \(lane) of \(name(attempt))"
        case .receive(let attempt, let lane): "\(name(attempt)) gets the answer to its \(lane)"
        case .delay(let attempt, let lane): "the answer to the \(lane) of \(name(attempt)) is slow"
        case .timeOut(let attempt, let lane): "\(name(attempt)) gives up waiting for the answer to its \(lane)"
        case .refuse(let attempt, let lane): "the \(lane) of \(name(attempt)) fails and certainly did not happen"
        case .duplicate(let attempt, let lane): "the \(lane) of \(name(attempt)) is doubled on its way"
        case .applyStray(let index): "the store gets late write number \(index)"
        case .wake(let attempt): "\(name(attempt)) wakes up"
        case .nudge(let attempt): "\(name(attempt)) hears what another one of its process told its caller"
        case .takeEffect(let attempt): "the operation of \(name(attempt)) takes effect"
        case .end(let attempt, let end): "the operation of \(name(attempt)) ends: \(end)"
        case .endLate(let attempt, let end?): "the operation of \(name(attempt)) ends late: \(end)"
        case .endLate(let attempt, nil): "the operation of \(name(attempt)) is not waited for any more"
        case .reconcile(let attempt, let finding): "the question of \(name(attempt)) is answered: \(finding)"
        case .save(let attempt): "the operation of \(name(attempt)) saves a recovery point"
        case .crash(let attempt): "the process of \(name(attempt)) crashes"
        case .pass: "half a lease goes by"
        case .jump(.forward): "the store's clock jumps forward, by more than a lease"
        case .jump(.back): "the store's clock jumps back"
        case .sweep: "the store sweeps"
        case .operatorReleases: "an operator releases the doubt"
        case .operatorResolves: "an operator resolves the doubt with an outcome"
        }
    }

    private func name(_ attempt: Int) -> String { "attempt \(attempt + 1)" }
}
