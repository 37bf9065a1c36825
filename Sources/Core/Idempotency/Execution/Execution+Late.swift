extension Execution {
    /// The operation has ended after it had been given up: its attempt is in doubt, or about to be.
    ///
    /// Its end is the truth as long as the record is its own: nobody else has run then. What an operator, a
    /// reconciliation or another attempt has recorded meanwhile stands. `lateAnswer` tells what came of it.
    ///
    /// - Returns: The write that settles the doubt; nothing when this end tells no more than is known already.
    package mutating func operationEndedLate(_ end: End, at now: Moment) -> Effects {
        let settlement: Settlement
        switch end {
        case .completed(let outcome): settlement = .complete(outcome)
        case .retryable: settlement = .release
        case .unknown, .interrupted: return Effects()
        }
        switch phase {
        case .operating where isReconciling && hasOperated:
            // The question has not been answered yet, and need not be any more; its caller still waits.
            isReconciling = false
            return settle(settlement, at: now)
        case .settling(.doubt), .settling(.lapse):
            lateSettlement = settlement
            return Effects()
        case .done where isDoubtOpen: return settleLate(settlement, at: now)
        case .idle, .claiming, .waiting, .operating, .settling, .done: return Effects()
        }
    }

    /// Whether a late end is known that has not been written yet.
    package var hasLateEnd: Bool { isLate || lateSettlement != nil }

    /// Writes a late end over the doubt that this attempt has left.
    mutating func settleLate(_ settlement: Settlement, at now: Moment) -> Effects {
        isDoubtOpen = false
        isReconciling = false
        isLate = true
        patienceEnd = now + terms.settlePatience
        phase = .settling(settlement)
        retries = 0
        return sendSettlement(settlement, expecting: .inDoubt(owner), at: now)
    }

    /// After the doubt has been written, goes on with what has become known meanwhile.
    mutating func goOnLate(after effects: Effects, at now: Moment) -> Effects {
        guard lateSettlement != nil, isDone, let late = lateSettlement.take() else { return effects }
        guard isDoubtOpen else {
            var effects = effects
            effects.lateAnswer = .superseded
            return effects
        }
        var following = settleLate(late, at: now)
        following.answer = effects.answer
        return following
    }
}
