public import Idempotency

/// A page of records as programs see it.
public struct PageView: Encodable, Sendable {
    /// The records, oldest claim first.
    public let records: [RecordView]
    /// Where to go on: what to give as `after`. Missing on the last page.
    public let next: String?
    /// The store's clock.
    public let now: String

    /// A page.
    public init(_ page: RecordPage) {
        records = page.entries.map { RecordView($0.record, id: $0.id, at: page.now) }
        next = page.next?.text
        now = page.now.text
    }
}

extension RecordQuery.Cursor {
    /// The place as text: microseconds, a dot, the record id.
    public var text: String { "\(created.microseconds).\(id)" }

    /// Reads what `text` gave; `nil` for anything else.
    public init?(text: some StringProtocol) {
        let parts = text.split(separator: ".", maxSplits: 1)
        guard parts.count == 2, let created = Int64(parts[0]), let digest = Digest(hexadecimal: parts[1]) else {
            return nil
        }
        self.init(created: Timestamp(microseconds: created), id: RecordID(digest))
    }
}
