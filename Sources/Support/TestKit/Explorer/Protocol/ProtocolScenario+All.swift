import Idempotency

extension ProtocolScenario {
    /// The scenarios that are explored, each bounded so that all of it is reached in seconds.
    package static let all = [
        lostWrites, doubledWrites, refusedWrites, crash, threeAttempts, anOperator, expiry,
        jumpingClock, rerunOfThree, lostWritesAndReruns, recoveryPoints, fencedDownstream, mismatch, waiting,
        lateEnds, lostLateEnds, lateEndsAfterQuestions, waitingForLateEnds,
    ]

    static let lostWrites = ProtocolScenario(
        name: "hold: writes that are lost or late", requests: [1, 1], rule: .hold,
        budget: Budget(timeOuts: 1, time: 2))

    static let doubledWrites = ProtocolScenario(
        name: "hold: writes that are doubled", requests: [1, 1], rule: .hold,
        budget: Budget(duplicates: 1, time: 2))

    static let refusedWrites = ProtocolScenario(
        name: "hold: writes that are refused, ends that do not tell", requests: [1, 1], rule: .hold,
        budget: Budget(refusals: 1, time: 2), ends: [.completed, .retryable, .unknown])

    static let crash = ProtocolScenario(
        name: "hold: a crash", requests: [1, 1], rule: .hold,
        budget: Budget(crashes: 1, time: 2), ends: [.completed, .unknown])

    static let threeAttempts = ProtocolScenario(
        name: "hold: three attempts", requests: [1, 1, 1], rule: .hold, budget: Budget(time: 2))

    static let anOperator = ProtocolScenario(
        name: "hold: an operator", requests: [1, 1], rule: .hold,
        budget: Budget(time: 2, interventions: 1), ends: [.completed, .unknown])

    static let expiry = ProtocolScenario(
        name: "hold: outcomes that expire", requests: [1, 1], rule: .hold,
        budget: Budget(duplicates: 1, time: 2), retention: 1)

    static let jumpingClock = ProtocolScenario(
        name: "hold: a clock that jumps", requests: [1, 1], rule: .hold,
        budget: Budget(time: 1, jumps: 1), ends: [.completed, .unknown], retention: 3)

    static let rerunOfThree = ProtocolScenario(
        name: "rerun: three attempts", requests: [1, 1, 1], rule: .rerun, budget: Budget(time: 2))

    static let lostWritesAndReruns = ProtocolScenario(
        name: "rerun: writes that are lost or late", requests: [1, 1], rule: .rerun,
        budget: Budget(timeOuts: 1, time: 2))

    static let recoveryPoints = ProtocolScenario(
        name: "rerun: recovery points", requests: [1, 1], rule: .rerun,
        budget: Budget(time: 2, checkpoints: 1))

    static let fencedDownstream = ProtocolScenario(
        name: "reconcile: a system behind that refuses old fences", requests: [1, 1], rule: .reconcile,
        budget: Budget(time: 2), ends: [.completed, .unknown], hasFencedDownstream: true)

    static let mismatch = ProtocolScenario(
        name: "mismatch: two requests under one key", requests: [1, 2], rule: .hold,
        budget: Budget(time: 2), ends: [.completed, .unknown], retention: 1)

    static let waiting = ProtocolScenario(
        name: "waiting: duplicates in one process", requests: [1, 1, 2], rule: .hold,
        budget: Budget(time: 1), ends: [.completed, .retryable], wait: 2, processes: [0, 1, 0])

    static let lateEnds = ProtocolScenario(
        name: "hold: ends that come late, an operator", requests: [1, 1], rule: .hold,
        budget: Budget(time: 1, interventions: 1), ends: [.interrupted, .silent], endsLate: true)

    static let lostLateEnds = ProtocolScenario(
        name: "hold: ends that come late, writes that are lost or late", requests: [1, 1], rule: .hold,
        budget: Budget(timeOuts: 1, time: 1), ends: [.interrupted, .silent], endsLate: true)

    static let lateEndsAfterQuestions = ProtocolScenario(
        name: "reconcile: ends that come late, a system behind that refuses old fences", requests: [1, 1],
        rule: .reconcile, budget: Budget(time: 1), ends: [.interrupted], endsLate: true, hasFencedDownstream: true)

    static let waitingForLateEnds = ProtocolScenario(
        name: "waiting: duplicates in one process, ends that come late", requests: [1, 1], rule: .hold,
        budget: Budget(time: 1), ends: [.completed, .interrupted, .silent], wait: 2, processes: [0, 0],
        endsLate: true)
}
