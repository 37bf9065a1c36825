import Idempotency

/// A store with records in every situation, and what a listing of it must show.
struct Population {
    private let trial: Trial
    private let entries: [RecordPage.Entry]
    private let expired: Int
    private let now: Timestamp

    /// Fills the store: six records in each situation, under three keys' labels, and waits until the short ones
    /// expired.
    init(_ trial: Trial) async throws {
        self.trial = trial
        let oracle = Oracle(trial)
        var number: UInt64 = 0
        for round in 0..<6 {
            for situation in Situation.allCases {
                number += 1
                let id = Sample.id(number)
                try await situation.prepare(id, oracle, trial)
                if let record = oracle.current(id), round < 3 {
                    try await Self.relabel(id, record, "key-\(round)", oracle)
                }
                if round % 2 == 0 { trial.clock?.advance(by: .microseconds(3)) }
            }
        }
        try await trial.wait(until: oracle.now + trial.shortRetention)
        var entries: [RecordPage.Entry] = []
        var expired = 0
        for id in oracle.ids {
            if let record = try await oracle.read(id) {
                entries.append(RecordPage.Entry(id: id, record: record))
            } else if oracle.holdsExpired(id) {
                expired += 1
            }
        }
        self.entries = entries.sorted { $0.cursor < $1.cursor }
        self.expired = expired
        now = oracle.now
    }

    /// What the counts must be.
    var counts: RecordCounts {
        var counts = RecordCounts(expired: expired)
        for entry in entries {
            switch entry.record.queryState(at: now) {
            case .running: counts.running += 1
            case .lapsed: counts.lapsed += 1
            case .completed: counts.completed += 1
            case .inDoubt: counts.inDoubt += 1
            case nil: counts.expired += 1
            }
        }
        return counts
    }

    /// Reads all pages of a query and demands what the specification lists.
    func requireListing(_ query: RecordQuery) async throws {
        let listing = try trial.listing
        let expected = entries.filter { query.matches($0, at: now) }
        var found: [RecordPage.Entry] = []
        var query = query
        for _ in 0...expected.count {
            let page = try await listing.records(query)
            try trial.require(page.entries.count <= query.limit, "A page has \(page.entries.count) records.")
            found += page.entries
            guard let next = page.next else { break }
            try trial.require(page.entries.last?.cursor == next, "The cursor is not that of the last record.")
            query.after = next
        }
        let asked = "states \(query.states.map(\.rawValue).sorted()), key \(query.key ?? "any"), limit \(query.limit)"
        try trial.require(
            found == expected,
            "Asked for \(asked)\nExpected:\n\(Self.lines(expected))\nFound:\n\(Self.lines(found))")
    }

    private static func relabel(_ id: RecordID, _ record: Record, _ key: String, _ oracle: Oracle) async throws {
        guard case .running(let leaseEnd) = record.state else { return }
        var draft = Draft(record, state: .running(lease: leaseEnd > oracle.now ? Sample.lease : .zero))
        draft.label.key = key
        try await oracle.store(id, .running(record.owner), draft)
    }

    private static func lines(_ entries: [RecordPage.Entry]) -> String {
        entries.map { "    \($0.id.description.prefix(8)) \($0.record.summary)" }.joined(separator: "\n")
    }
}
