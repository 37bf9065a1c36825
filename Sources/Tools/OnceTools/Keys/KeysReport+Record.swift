import Idempotency
public import IdempotencyAdmin
import IdempotencyHTTP

extension KeysReport {
    /// One record in full, a line for each fact, its stored answer at the end.
    public static func text(_ found: FoundRecord) -> String {
        let record = found.record
        let view = RecordView(record, id: found.id, at: found.now, withContent: true)
        var lines: [(String, String)] = [
            ("id", view.id), ("state", "\(view.state) (\(note(record, now: found.now)))"),
            ("key", record.label.key.isEmpty ? "(not kept readable)" : record.label.key),
            ("scope", record.label.scope.isEmpty ? "-" : record.label.scope),
            ("operation", record.label.operation.isEmpty ? "-" : record.label.operation),
            ("claimed", "\(view.created) (\(Span.text(found.now - record.created)) ago)"),
            ("attempt", "\(record.attempt), renewed \(record.renewals) times"), ("fence", "\(record.fence)"),
            ("owner", view.owner), ("fingerprint", view.fingerprint),
        ]
        if let bytes = view.checkpointBytes { lines.append(("checkpoint", "\(bytes) bytes")) }
        switch record.state {
        case .running: lines.append(("lease ends", view.leaseEnds ?? ""))
        case .inDoubt(let doubt, _):
            lines.append(("in doubt", "since \(view.since ?? ""): \(doubt.name). \(doubt.meaning)"))
        case .completed: lines += outcomeLines(view.outcome)
        }
        let width = lines.map(\.0.count).max() ?? 0
        let text = lines.map { name, value in
            name + String(repeating: " ", count: width - name.count) + "  \(value.printable)\n"
        }
        return text.joined() + content(view.outcome)
    }

    private static func outcomeLines(_ outcome: OutcomeView?) -> [(String, String)] {
        guard let outcome else { return [] }
        var lines = [
            ("outcome", "\(outcome.kind), \(outcome.bytes) bytes, sha256 \(outcome.sha256)"), ("completed", outcome.at),
            ("expires", outcome.expires),
        ]
        if let response = outcome.response {
            let notKept = response.notKept.map { ", its answer was not kept (\($0))" } ?? ""
            lines.append(("status", "\(response.status)\(notKept)"))
            lines += response.headers.map { ("header", "\($0[0]): \($0[1])") }
        }
        return lines
    }

    private static func content(_ outcome: OutcomeView?) -> String {
        guard let content = outcome?.response?.body ?? outcome?.content else { return "" }
        if let text = content.text {
            guard !text.isEmpty else { return "" }
            let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map { String($0).printable }
            return "\n" + lines.joined(separator: "\n") + "\n"
        }
        return "\n(binary, in Base64) \(content.base64 ?? "")\n"
    }

    /// What a settlement has changed, in a sentence.
    public static func text(_ settled: Settled) -> String {
        let id = settled.before.id
        guard let after = settled.after else {
            return "Released \(id): the key is free, the next request with it runs the operation.\n"
        }
        guard case .completed(_, _, let expires) = after.state else { return "Changed \(id).\n" }
        return "Resolved \(id): completed, every retry gets this outcome until \(expires.text).\n"
    }
}
