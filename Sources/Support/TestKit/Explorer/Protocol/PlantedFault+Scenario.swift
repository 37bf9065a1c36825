extension PlantedFault {
    /// A scenario in which this fault shows.
    package var scenario: ProtocolScenario {
        switch self {
        case .noOwnerCondition, .releaseAfterFailedCompletion: .lostWrites
        case .noFenceGrowth, .leaseNotChecked: .rerunOfThree
        case .fenceDiesWithTheRecord, .outcomeForgottenEarly: .expiry
        case .noNonce, .takeoverIgnoresRenewals, .lapsedCountsAsVacant, .holdRunsAgain, .leaseCountedFromTheAnswer:
            .crash
        case .mismatchAfterInProgress, .mismatchAfterReplay, .mismatchAfterDoubt: .mismatch
        case .releaseInsteadOfDoubt, .doubtCountsAsVacant: .anOperator
        case .lateEndBringsBack: .lateEnds
        case .nudgeOfAnotherRequest: .waiting
        }
    }
}
