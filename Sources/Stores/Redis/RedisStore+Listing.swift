public import Idempotency
import IdempotencyListing

extension RedisStore: ListingStore {
    /// The record of one key, or `nil` if it is vacant, with the server's clock.
    public func record(_ id: RecordID) async throws(StoreError) -> (record: Record?, now: Timestamp) {
        let nobody = Exchange(id, expecting: .inDoubt(Owner(high: .max, low: .max)), next: nil)
        let command = ExchangeCommand(exchange: nobody)
        let result = await withCheckedContinuation { continuation in
            set.submit(
                ServerRequest(.exchange(command), deadline: context.deadline()) { result in
                    continuation.resume(returning: command.answer(result))
                }, id: id)
        }
        let reply = try result.get()
        return (reply.record, reply.now)
    }

    /// A page of records, oldest claim first.
    ///
    /// Every page is a walk over all keys, as a server without indexes has no other way: it costs a few microseconds
    /// for each key that there is, on a connection of its own, and holds no exchange up for longer than a few hundred
    /// keys take. Records that come or go meanwhile may be in it or not.
    public func records(_ query: RecordQuery) async throws(StoreError) -> RecordPage {
        var earliest = EarliestRecords(limit: query.limit + 1)
        var now: Timestamp?
        for scan in try await scans() {
            let time = try await scan.time()
            now = now ?? time
            try await scan.forEach { item in
                let entry = RecordPage.Entry(id: item.id, record: item.record)
                if query.matches(entry, at: time) { earliest.insert(entry.cursor) }
            }
        }
        let time = now ?? Timestamp(microseconds: 0)
        let places = earliest.places.prefix(query.limit)
        let next = earliest.places.count > query.limit ? places.last : nil
        let records = try await records(places.map(\.id))
        let entries = zip(places, records).compactMap { place, record -> RecordPage.Entry? in
            guard let record else { return nil }
            let entry = RecordPage.Entry(id: place.id, record: record)
            // It may have changed since the walk.
            return entry.cursor == place && query.matches(entry, at: time) ? entry : nil
        }
        return RecordPage(entries: entries, next: next, now: time)
    }

    /// How many records there are of each kind: a walk over all keys, whose result is kept for two seconds, or for
    /// twenty times as long as the walk took.
    public func counts() async throws(StoreError) -> RecordCounts {
        if let counts = context.counts.current() { return counts }
        let start = ContinuousClock.now
        var counts = RecordCounts()
        for scan in try await scans() {
            let now = try await scan.time()
            try await scan.forEach { item in
                switch item.record.queryState(at: now) {
                case .running: counts.running += 1
                case .lapsed: counts.lapsed += 1
                case .completed: counts.completed += 1
                case .inDoubt: counts.inDoubt += 1
                case nil: counts.expired += 1
                }
            }
        }
        context.counts.keep(counts, since: start)
        return counts
    }

    func scans() async throws(StoreError) -> [RecordScan] {
        try await set.nodes().map(scan)
    }

    func scan(_ node: ServerNode) -> RecordScan {
        RecordScan(link: node.listings, keys: context.encoding.keys, timeout: context.configuration.timeout)
    }

    func records(_ ids: [RecordID]) async throws(StoreError) -> [Record?] {
        var records: [RecordID: Record] = [:]
        // Few enough at a time that the largest records fit in memory together.
        for start in stride(from: 0, to: ids.count, by: 50) {
            let part = ids[start..<min(start + 50, ids.count)]
            let results = await withTaskGroup(of: (RecordID, Result<Record?, StoreError>).self) { group in
                for id in part {
                    group.addTask {
                        do throws(StoreError) {
                            return (id, .success(try await self.record(id).record))
                        } catch {
                            return (id, .failure(error))
                        }
                    }
                }
                return await group.reduce(into: []) { $0.append($1) }
            }
            for (id, result) in results { records[id] = try result.get() }
        }
        return ids.map { records[$0] }
    }
}
