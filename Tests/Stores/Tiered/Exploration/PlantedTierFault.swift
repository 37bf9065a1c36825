import Idempotency

/// Mistakes in what the store behind is asked.
enum PlantedTierFault: CaseIterable {
    /// An outcome replaces whatever is there.
    case blindOutcomes
    /// Nobody looks behind before an attempt is let in.
    case noLook
    /// Whoever takes a lock away does not make the write under way fail.
    case noMarkers

    /// What shows it: a scenario, and how often the store in front loses everything.
    var shownBy: (scenario: TierScenario, losses: Int) {
        switch self {
        case .blindOutcomes, .noMarkers: (TierScenario.all[1], 0)
        case .noLook: (TierScenario.all[0], 1)
        }
    }

    /// Answers a question to the store behind; `nil` where there is no mistake in it.
    func reply(to question: Exchange, from register: inout Register, at now: Timestamp) -> ExchangeReply? {
        switch (self, question.next?.state, register.record?.state) {
        case (.noLook, nil, _): return .conflict(nil, now: now)
        case (.noMarkers, .running, _): return .stored(nil, now: now)
        case (.blindOutcomes, .completed, .running), (.blindOutcomes, .completed, .inDoubt):
            register = Register()
            return nil
        default: return nil
        }
    }
}
