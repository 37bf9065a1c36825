/// Where a walk over all records goes on. Only the store that made it understands it; another process may go on with it
/// as well.
public struct WalkPlace: Hashable, Sendable {
    /// What the store needs to know, in a form of its own.
    public var text: String

    /// A place.
    public init(_ text: String) {
        self.text = text
    }
}

/// Some of the records that a walk comes by.
public struct WalkPage: Hashable, Sendable {
    /// The records, in no order that means anything. There may be none, and the walk still goes on.
    public var entries: [RecordPage.Entry]
    /// Where to go on, or `nil` when all records have been seen.
    public var next: WalkPlace?
    /// Whether the walk begins with this page: as it was asked for, or because what was seen so far is worth nothing
    /// any more (the server that it was seen in is another one now).
    public var isFirst: Bool
    /// The store's clock.
    public var now: Timestamp

    /// A page.
    public init(entries: [RecordPage.Entry], next: WalkPlace?, isFirst: Bool, now: Timestamp) {
        self.entries = entries
        self.next = next
        self.isFirst = isFirst
        self.now = now
    }
}

extension ListingStore {
    /// The next records by way of listings: as good as any walk where those are found by an index.
    public func walk(from place: WalkPlace?, limit: Int) async throws(StoreError) -> WalkPage {
        let after = place.flatMap(RecordQuery.Cursor.init(place:))
        let page = try await records(RecordQuery(limit: limit, after: after))
        return WalkPage(entries: page.entries, next: page.next?.place, isFirst: after == nil, now: page.now)
    }
}

extension RecordQuery.Cursor {
    fileprivate var place: WalkPlace { WalkPlace("\(created.microseconds) \(id)") }

    fileprivate init?(place: WalkPlace) {
        let parts = place.text.split(separator: " ")
        guard parts.count == 2, let created = Int64(parts[0]), let digest = Digest(hexadecimal: parts[1]) else {
            return nil
        }
        self.init(created: Timestamp(microseconds: created), id: RecordID(digest))
    }
}
