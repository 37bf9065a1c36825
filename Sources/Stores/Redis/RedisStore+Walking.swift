public import Idempotency

extension RedisStore {
    /// The next records of a walk over all keys of all servers: each key is looked at about once, on a connection of
    /// its own, and each record is read by one exchange.
    ///
    /// The walk begins anew when a server was restarted or exchanged, or slots of a cluster have moved, as nobody knows
    /// then what it has seen.
    public func walk(from place: WalkPlace?, limit: Int) async throws(StoreError) -> WalkPage {
        let beginning = WalkStation(layout: set.layout)
        var station = place.flatMap(WalkStation.init) ?? beginning
        let scans = try await set.nodes().sorted { ($0.slot ?? 0) < ($1.slot ?? 0) }.map(scan)
        if station.layout != beginning.layout || !scans.indices.contains(station.node) { station = beginning }
        let isFirst = station == beginning
        let step = try await scans[station.node].nextIDs(after: station.cursor, count: max(limit, 1))
        guard station.run.isEmpty || station.run == step.run else { return try await walk(from: nil, limit: limit) }
        let entries = zip(step.ids, try await records(step.ids)).compactMap { id, record in
            record.map { RecordPage.Entry(id: id, record: $0) }
        }
        if let cursor = step.cursor {
            (station.run, station.cursor) = (step.run, cursor)
        } else {
            (station.node, station.run, station.cursor) = (station.node + 1, "", 0)
        }
        // Slots that moved meanwhile may have taken keys past the walk.
        let isDone = station.node == scans.count && set.layout == station.layout
        return WalkPage(entries: entries, next: isDone ? nil : station.place, isFirst: isFirst, now: step.now)
    }
}
