import Foundation
public import Idempotency
import IdempotencyAdmin

/// What the `keys` commands write to standard output.
public enum KeysReport {
    /// A page as a table, with a line that tells how to go on.
    public static func table(_ page: RecordPage) -> String {
        guard !page.entries.isEmpty else { return "No records.\n" }
        var table = TextTable([
            .init(title: "ID"), .init(title: "STATE"), .init(title: "KEY", limit: 36),
            .init(title: "OPERATION", limit: 32), .init(title: "SCOPE", limit: 24),
            .init(title: "ATTEMPT", isRight: true),
            .init(title: "CLAIMED", isRight: true), .init(title: "NOTE"),
        ])
        for entry in page.entries {
            let record = entry.record
            table.append([
                String(entry.id.description.prefix(12)), record.queryState(at: page.now)?.rawValue ?? "expired",
                record.label.key.isEmpty ? "-" : record.label.key,
                record.label.operation.isEmpty ? "-" : record.label.operation,
                record.label.scope.isEmpty ? "-" : record.label.scope, "\(record.attempt)",
                "\(Span.text(page.now - record.created)) ago", note(record, now: page.now),
            ])
        }
        return table.text + (page.next.map { "More: --after \($0.text)\n" } ?? "")
    }

    /// A page for programs: `records`, `next` (a cursor, or null) and `now`.
    public static func json(_ page: RecordPage) throws -> String {
        try json(PageView(page))
    }

    /// A value for programs: one JSON document with its members in order, and a line end.
    public static func json(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(value), as: UTF8.self) + "\n"
    }

    /// The state of a record in a few words.
    static func note(_ record: Record, now: Timestamp) -> String {
        switch record.state {
        case .running(let end) where end > now: "lease holds for \(Span.text(end - now))"
        case .running(let end): "lease over for \(Span.text(now - end))"
        case .completed(let outcome, _, let expires): "\(outcome.kind.name), kept for \(Span.text(expires - now))"
        case .inDoubt(let doubt, let since): "\(doubt.name), for \(Span.text(now - since))"
        }
    }
}
