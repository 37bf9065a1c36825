package import Idempotency

/// The first few of many records, in the order of listings; a value that takes them in any order.
package struct EarliestRecords {
    /// Where the records are, oldest claim first.
    package private(set) var places: [RecordQuery.Cursor] = []
    private let limit: Int

    /// Keeps the first `limit` records.
    package init(limit: Int) {
        self.limit = limit
        places.reserveCapacity(limit + 1)
    }

    /// Takes one more record, which may be known already.
    package mutating func insert(_ place: RecordQuery.Cursor) {
        guard places.count < limit || place < places[places.count - 1] else { return }
        var (low, high) = (0, places.count)
        while low < high {
            let middle = (low + high) / 2
            if places[middle] < place { low = middle + 1 } else { high = middle }
        }
        guard low == places.count || places[low] != place else { return }
        places.insert(place, at: low)
        if places.count > limit { places.removeLast() }
    }
}
