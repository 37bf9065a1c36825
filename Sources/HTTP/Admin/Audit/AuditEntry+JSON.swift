import Foundation
import Idempotency

extension AuditEntry {
    /// The line, without its end: one JSON object. Outcomes are told by their digest, not by their bytes.
    public var line: String {
        let written = Written(
            time: time.text, change: change, phase: phase.rawValue, who: author, action: action.rawValue,
            record: id.description, reason: reason, forced: forced ? true : nil,
            before: RecordView(before, id: id, at: time),
            after: after.map { RecordView($0, id: id, at: time) }, error: error)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard let data = try? encoder.encode(written) else {
            preconditionFailure("strings, numbers and truth values can always be encoded")
        }
        return String(decoding: data, as: UTF8.self)
    }

    private struct Written: Encodable {
        var time: String
        var change: String
        var phase: String
        var who: String
        var action: String
        var record: String
        var reason: String
        var forced: Bool?
        var before: RecordView
        var after: RecordView?
        var error: String?
    }
}
