import Idempotency

/// Where a walk over all records goes on: which server, which run of it, and where in that.
struct WalkStation: Hashable, Sendable {
    /// Which server had which keys when the walk began.
    var layout: String
    /// Which of the servers, in the order of their slots.
    var node = 0
    /// The run of that server in which the place is one; nothing before it is begun.
    var run = ""
    var cursor: UInt64 = 0

    /// The beginning.
    init(layout: String) {
        self.layout = layout
    }

    /// As a text.
    var place: WalkPlace { WalkPlace("\(node) \(cursor) \(run) \(layout)") }

    /// Reads the text back; `nil` if it is none.
    init?(_ place: WalkPlace) {
        let parts = place.text.split(separator: " ", maxSplits: 3, omittingEmptySubsequences: false)
        guard parts.count == 4, let node = Int(parts[0]), let cursor = UInt64(parts[1]) else { return nil }
        (layout, self.node, run, self.cursor) = (String(parts[3]), node, String(parts[2]), cursor)
    }
}
