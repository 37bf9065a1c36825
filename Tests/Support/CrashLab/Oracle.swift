import IdempotencyTestKit

/// Judges a run: what callers were told against what the ledger holds.
struct Oracle {
    struct Verdict {
        var keys = 0
        var requests = 0
        var unanswered = 0
        var doubts = 0
        var completed = 0
        var inDoubt = 0
        var violations: [String] = []
    }

    let ledger: EffectLedger
    /// Whether interrupted attempts are reconciled: then nothing may stay in doubt.
    let reconciles: Bool

    /// - Parameters:
    ///   - histories: All that was asked and answered, under fire and when all was quiet again.
    ///   - last: What each key answers when all is quiet.
    func judge(_ histories: [String: [Histories.Operation]], last: [String: Answer]) -> Verdict {
        var verdict = Verdict(keys: histories.count)
        for (key, history) in histories.sorted(by: { $0.key < $1.key }) {
            verdict.requests += history.count
            verdict.unanswered += history.count { $0.output == nil }
            verdict.doubts += history.count { $0.output == .inDoubt }
            switch last[key] {
            case .completed: verdict.completed += 1
            case .inDoubt: verdict.inDoubt += 1
            default: break
            }
            let receipts = ledger.receipts(of: key)
            for text in faults(of: key, history, receipts, last[key]) {
                let end = last[key].map { "\($0)" } ?? "nothing"
                verdict.violations.append("\(key): \(text); ledger \(receipts), last \(end)")
            }
        }
        for stranger in ledger.keys where histories[stranger] == nil {
            verdict.violations.append("\(stranger): took effect although no caller asked for it under its key")
        }
        return verdict
    }

    /// What is wrong with one key.
    private func faults(
        of key: String, _ history: [Histories.Operation], _ receipts: [String], _ last: Answer?
    ) -> [String] {
        var faults: [String] = []
        let told = Set(
            history.compactMap { operation -> String? in
                if case .completed(let body) = operation.output { body } else { nil }
            })
        if receipts.count > 1 { faults.append("took effect \(receipts.count) times") }
        if told.count > 1 { faults.append("callers got different answers \(told.sorted())") }
        if let answer = told.first, receipts != [answer] { faults.append("was told \(answer)") }
        switch last {
        case .completed: break
        case .inDoubt:
            if !told.isEmpty { faults.append("an acknowledged answer was lost") }
            if reconciles { faults.append("stayed in doubt although it can be asked") }
        default: faults.append("is stuck: no definite answer although all is quiet")
        }
        switch LinearizabilityChecker(KeyModel()).check(history) {
        case .linearizable: break
        case .undecided(let steps): faults.append("not linearizable within \(steps) steps")
        case .violation(_, let stuck):
            let answers = stuck.compactMap { history[$0].output }.map { "\($0)" }
            faults.append("no order of its \(history.count) requests explains \(answers.joined(separator: " or "))")
        }
        return faults
    }
}
