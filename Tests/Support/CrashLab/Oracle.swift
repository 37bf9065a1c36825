/// Judges a run: what callers were told against what the ledger holds.
struct Oracle {
    struct Verdict {
        var keys = 0
        var completed = 0
        var inDoubt = 0
        var undecided = 0
        var violations: [String] = []
    }

    let ledger: EffectLedger
    /// Whether interrupted attempts are reconciled: then nothing may stay in doubt.
    let reconciles: Bool

    /// - Parameters:
    ///   - told: All that callers were told while the gateway was being killed.
    ///   - final: What each key answers when all is quiet again.
    func judge(told: [String: Set<Seen>], final: [String: Seen]) -> Verdict {
        var verdict = Verdict(keys: final.count)
        for (key, last) in final.sorted(by: { $0.key < $1.key }) {
            let receipts = ledger.receipts(of: key)
            func violation(_ text: String) {
                verdict.violations.append("\(key): \(text); ledger \(receipts), last \(last)")
            }
            if receipts.count > 1 { violation("took effect \(receipts.count) times") }
            let answers = Set(
                (told[key] ?? []).union([last]).compactMap { seen -> String? in
                    if case .completed(let body, _) = seen { body } else { nil }
                })
            if answers.count > 1 { violation("callers got different answers \(answers.sorted())") }
            if let answer = answers.first, receipts != [answer] { violation("was told \(answer)") }
            switch last {
            case .completed: verdict.completed += 1
            case .inDoubt:
                verdict.inDoubt += 1
                if !answers.isEmpty { violation("an acknowledged answer was lost") }
                if reconciles { violation("stayed in doubt although it can be asked") }
            case .nothing:
                verdict.undecided += 1
                violation("is stuck: no definite answer although all is quiet")
            }
        }
        return verdict
    }
}
