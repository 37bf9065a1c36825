public import Idempotency
import IdempotencyListing

extension DynamoDBStore: ListingStore {
    /// The record of one key, or `nil` if it is vacant, with this instance's clock. Read consistently.
    public func record(_ id: RecordID) async throws(StoreError) -> (record: Record?, now: Timestamp) {
        let body = try ReadRequest(TableName: context.table, id: id).json()
        let reading = context.clock.read()
        let answer = try ServiceAnswers.read(
            ServiceAnswers.OneItem.self, try await context.patientCall("GetItem", body))
        let item = try ServiceAnswers.record(answer.Item)
        let record = item.flatMap { context.leases.judge($0, of: id, at: reading, seen: context.clock.uptime) }
        return (record.flatMap { $0.isExpired(at: reading.now) ? nil : $0 }, reading.now)
    }

    /// A page of records, oldest claim first.
    ///
    /// Every page is a walk over the whole table, which is paid for: a read unit for each 4 KB of it. A secondary index
    /// would make listings cheap and every write twice as dear. Records that come or go meanwhile may be in it or not.
    public func records(_ query: RecordQuery) async throws(StoreError) -> RecordPage {
        var earliest = EarliestRecords(limit: query.limit + 1)
        let reading = context.clock.read()
        try await RecordScan(context: context).forEach { entry in
            guard let record = context.leases.judge(entry.item, of: entry.id, at: reading, seen: context.clock.uptime)
            else { return }
            let entry = RecordPage.Entry(id: entry.id, record: record)
            if query.matches(entry, at: reading.now) { earliest.insert(entry.cursor) }
        }
        let places = earliest.places.prefix(query.limit)
        let next = earliest.places.count > query.limit ? places.last : nil
        var entries: [RecordPage.Entry] = []
        for start in stride(from: 0, to: places.count, by: 25) {
            for (place, record) in try await records(places[start..<min(start + 25, places.count)]) {
                guard let record else { continue }
                let entry = RecordPage.Entry(id: place.id, record: record)
                // It may have changed since the walk.
                if entry.cursor == place, query.matches(entry, at: reading.now) { entries.append(entry) }
            }
        }
        return RecordPage(entries: entries, next: next, now: reading.now)
    }

    /// The next records of a walk: `limit` items or 1 MB of the table, whichever is less, at a read unit for 4 KB.
    public func walk(from place: WalkPlace?, limit: Int) async throws(StoreError) -> WalkPage {
        let reading = context.clock.read()
        let scan = RecordScan(context: context, isWhole: true)
        let (items, last) = try await scan.next(after: place?.text, limit: max(limit, 1))
        let entries = items.compactMap { entry -> RecordPage.Entry? in
            guard let record = context.leases.judge(entry.item, of: entry.id, at: reading, seen: context.clock.uptime),
                !record.isExpired(at: reading.now)
            else { return nil }
            return RecordPage.Entry(id: entry.id, record: record)
        }
        return WalkPage(entries: entries, next: last.map(WalkPlace.init), isFirst: place == nil, now: reading.now)
    }

    /// How many records there are of each kind: a walk over the whole table, kept for `countsAge` or longer.
    public func counts() async throws(StoreError) -> RecordCounts {
        if let counts = context.counts.current() { return counts }
        let start = ContinuousClock.now
        var counts = RecordCounts()
        let reading = context.clock.read()
        try await RecordScan(context: context, isConsistent: false).forEach { entry in
            guard let record = context.leases.judge(entry.item, of: entry.id, at: reading, seen: context.clock.uptime)
            else { return }
            switch record.queryState(at: reading.now) {
            case .running: counts.running += 1
            case .lapsed: counts.lapsed += 1
            case .completed: counts.completed += 1
            case .inDoubt: counts.inDoubt += 1
            case nil: counts.expired += 1
            }
        }
        context.counts.keep(counts, since: start)
        return counts
    }

    /// Some records at a time, in the order of the places.
    private func records(
        _ places: ArraySlice<RecordQuery.Cursor>
    ) async throws(StoreError) -> [(RecordQuery.Cursor, Record?)] {
        let results = await withTaskGroup(of: (Int, Result<Record?, StoreError>).self) { group in
            for (index, place) in places.enumerated() {
                group.addTask {
                    do throws(StoreError) {
                        return (index, .success(try await self.record(place.id).record))
                    } catch {
                        return (index, .failure(error))
                    }
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        var records: [(RecordQuery.Cursor, Record?)] = []
        for (place, result) in zip(places, results.sorted { $0.0 < $1.0 }) {
            records.append((place, try result.1.get()))
        }
        return records
    }
}
