package import Idempotency

/// Who takes part in an exploration of the protocol, and how much may go wrong.
package struct ProtocolScenario: Sendable {
    /// How an operation may end.
    package enum End: Hashable, Sendable, CaseIterable {
        case completed, retryable, unknown, interrupted
        /// It was given up without an answer, and had done nothing until then.
        case silent
    }

    /// How often things may happen in one history.
    package struct Budget: Hashable, Sendable {
        /// A write that is not answered: lost, delayed for any time, or applied with its answer lost.
        package var timeOuts: UInt8 = 0
        /// A write that certainly did not happen.
        package var refusals: UInt8 = 0
        /// A write that is applied again, any time later.
        package var duplicates: UInt8 = 0
        /// A process that is gone from one moment to the next.
        package var crashes: UInt8 = 0
        /// Half a lease goes by.
        package var time: UInt8 = 0
        /// The store's clock goes forward by a lease and more, or back by half of one.
        package var jumps: UInt8 = 0
        /// An operator releases or resolves a doubt.
        package var interventions: UInt8 = 0
        /// A running operation saves a recovery point.
        package var checkpoints: UInt8 = 0
    }

    /// What it is about.
    package var name: String
    /// What each attempt asks; equal numbers are the same request.
    package var requests: [UInt64]
    package var rule: InterruptedRule
    package var budget: Budget
    package var ends: [End] = [.completed]
    /// How many halves of a lease an outcome is kept.
    package var retention = Self.longRetention
    /// How many halves of a lease a duplicate waits.
    package var wait = 0
    /// Which process each attempt runs in, if those that end wake those of their process that wait.
    package var processes: [Int] = []
    /// Whether an operation that was interrupted may still end, any time later.
    var endsLate = false
    /// Whether the system behind keeps the highest fence that it has seen and refuses lower ones.
    package var hasFencedDownstream = false

    /// A retention that does not end in any history.
    package static let longRetention = 1_000

    /// Half a lease: 20 ms, so that the shortest back-off of the engine fits in between.
    package static let unit = Duration.milliseconds(20)

    /// The same with half a lease more of time: for runs of minutes.
    package var deeper: ProtocolScenario {
        var scenario = self
        scenario.budget.time += 1
        return scenario
    }

    /// What the executions are held to.
    package var terms: Terms {
        Terms(
            lease: Self.unit * 2, retention: Self.unit * retention, wait: Self.unit * wait, interrupted: rule,
            claimPatience: Self.unit, settlePatience: Self.unit)
    }

    /// Whether an effect counts when its operation ends. Nobody in the model can tell when it happened before that, but
    /// for a system behind that is asked or refuses.
    var countsEffectsAtTheEnd: Bool { rule != .reconcile }

    /// Whether an effect may happen only once: with `rerun` the user says that it may happen more often, and with
    /// `reconcile` a late attempt can only be stopped by the system behind.
    var limitsEffects: Bool {
        switch rule {
        case .rerun: false
        case .hold: true
        case .reconcile: hasFencedDownstream
        }
    }
}

extension ProtocolScenario: CustomStringConvertible {
    /// The name.
    package var description: String { name }
}
