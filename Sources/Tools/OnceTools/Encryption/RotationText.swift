public import IdempotencyEncrypted

/// What `once keys rotate` tells.
public struct RotationView: Encodable, Sendable {
    private let active: String
    private let rewritten: Int
    private let encrypted: Int
    private let current: Int
    private let running: Int
    private let changed: Int
    private let shredded: Int
    private let unreadable: Int
    private let problem: String?
    private let needed: [String: Int]

    /// A view of a report.
    public init(_ report: RotationReport, active: String) {
        self.active = active
        rewritten = report.rewritten
        encrypted = report.encrypted
        current = report.current
        running = report.running
        changed = report.changed
        shredded = report.shredded
        unreadable = report.unreadable
        problem = report.problem
        needed = report.needed
    }

    /// For people.
    public var text: String {
        var lines = ["Encrypted \(rewritten) records anew with the key \(active); \(current) had it already."]
        if encrypted > 0 { lines.append("\(encrypted) of them were not encrypted before.") }
        if running > 0 { lines.append("\(running) have an attempt under way; run it again after that.") }
        if changed > 0 { lines.append("\(changed) changed meanwhile; run it again.") }
        if shredded > 0 { lines.append("\(shredded) belong to shredded scopes and stay as they are.") }
        if unreadable > 0 { lines.append("\(unreadable) cannot be read. \(problem ?? "")") }
        for (id, count) in needed.sorted(by: { $0.key < $1.key }) {
            lines.append("The key \(id) is still needed, by \(count) records; do not remove it yet.")
        }
        return lines.joined(separator: "\n") + "\n"
    }
}
