import Idempotency

extension RegisterHistory {
    /// Checks that the exchanges, of any number of keys, could have been done one at a time.
    ///
    /// An exchange that failed with an unknown effect, or is still under way, has an open end; one that failed with the
    /// effect `notApplied` does not count, because it must have changed nothing.
    ///
    /// - Throws: `HistoryViolation` with the part of the history that nothing explains.
    public static func check(
        _ entries: [RecordedExchange], clockTolerance: Duration = .zero, stepLimit: Int = 2_000_000
    ) throws(HistoryViolation) {
        let counted = entries.filter { entry in
            if case .failure(let error)? = entry.result { error.effect == .unknown } else { true }
        }
        let model = RegisterHistory(
            replies: counted.compactMap { entry in entry.reply.map { (entry.exchange.id, $0) } },
            clockTolerance: clockTolerance)
        let operations = counted.map {
            TimedOperation($0.exchange, output: $0.reply, called: $0.called, returned: $0.returned)
        }
        switch LinearizabilityChecker(model, stepLimit: stepLimit).check(operations) {
        case .linearizable: return
        case .undecided(let steps): throw HistoryViolation("undecided after \(steps) steps; use shorter histories")
        case .violation(let explained, let stuck):
            let lines =
                ["No order explains these replies. Longest order found:"]
                + explained.map { "    \(counted[$0].summary)" }
                + ["None of these can come next:"] + stuck.map { "    \(counted[$0].summary)" }
            throw HistoryViolation(lines.joined(separator: "\n"))
        }
    }
}

/// A history that no order of its operations explains.
public struct HistoryViolation: Error, CustomStringConvertible {
    /// The part of the history that nothing explains, a line for each operation.
    public let description: String

    init(_ description: String) {
        self.description = description
    }
}
