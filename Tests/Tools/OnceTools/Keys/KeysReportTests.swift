import Foundation
import Idempotency
import OnceTools
import Testing

@Suite("What the keys commands show")
struct KeysReportTests {
    private static let now = Timestamp(microseconds: 1_700_000_600_000_000)

    private func entry(_ state: Record.State, key: String = "k") -> RecordPage.Entry {
        let record = Record(
            fingerprint: .none, owner: Owner(high: 0, low: 1), fence: Fence(4), attempt: 1, renewals: 0,
            created: Timestamp(microseconds: 1_700_000_000_000_000), state: state,
            label: Label(key: key, scope: "tenant", operation: "POST /payments"))
        return RecordPage.Entry(id: RecordID(Digest(0xABCD_EF01_2345_6789, 0, 0, 0)), record: record)
    }

    @Test("A table is aligned, cuts ids and long keys, and says how old everything is")
    func table() {
        let page = RecordPage(
            entries: [
                entry(.inDoubt(.unknownEnd, since: Timestamp(microseconds: 1_700_000_300_000_000))),
                entry(.running(leaseEnd: Self.now + .seconds(20)), key: String(repeating: "long", count: 20)),
            ], next: nil, now: Self.now)
        let lines = KeysReport.table(page).split(separator: "\n").map { line in
            // The columns are as wide as their widest text; what stands in them is looked at here.
            line.split(separator: "  ", omittingEmptySubsequences: true).map { $0.drop { $0 == " " } }
        }
        #expect(lines[0] == ["ID", "STATE", "KEY", "OPERATION", "SCOPE", "ATTEMPT", "CLAIMED", "NOTE"])
        #expect(
            lines[1] == [
                "abcdef012345", "in-doubt", "k", "POST /payments", "tenant", "1", "10 min ago",
                "unknown-end, for 5 min",
            ])
        #expect(lines[2][2].count == 36 && lines[2][2].hasSuffix("…"))
        #expect(lines[2].last == "lease holds for 20 s")
        let starts = KeysReport.table(page).split(separator: "\n").map { $0.distance(of: "lease", "unknown", "NOTE") }
        #expect(Set(starts).count == 1)
    }

    @Test("Nothing that a terminal obeys gets through")
    func terminal() {
        let page = RecordPage(
            entries: [entry(.inDoubt(.shutDown, since: Self.now), key: "\u{1B}[2J")], next: nil, now: Self.now)
        #expect(!KeysReport.table(page).contains("\u{1B}"))
    }

    @Test("A page with more behind it says how to go on, and its JSON has the place too")
    func next() throws {
        let entry = entry(.inDoubt(.shutDown, since: Self.now))
        let cursor = RecordQuery.Cursor(created: entry.record.created, id: entry.id)
        let page = RecordPage(entries: [entry], next: cursor, now: Self.now)
        #expect(KeysReport.table(page).contains("More: --after 1700000000000000.\(entry.id)\n"))
        let object = try JSONSerialization.jsonObject(with: Data(KeysReport.json(page).utf8)) as? [String: Any]
        #expect(object?["next"] as? String == "1700000000000000.\(entry.id)")
        let record = try #require((object?["records"] as? [[String: Any]])?.first)
        #expect(record["state"] as? String == "in-doubt" && record["doubt"] as? String == "shut-down")
    }

    @Test("Queries are read, and wrong ones refused with what is allowed")
    func queries() throws {
        let query = try QueryText.query(states: ["in-doubt,lapsed"], key: "k", limit: "5", after: nil)
        #expect(query == RecordQuery(states: [.inDoubt, .lapsed], key: "k", limit: 5))
        let error = #expect(throws: UsageError.self) {
            try QueryText.query(states: ["indoubt"], key: nil, limit: nil, after: nil)
        }
        #expect(error?.description.contains("Did you mean in-doubt?") == true)
        #expect(throws: UsageError.self) { try QueryText.query(states: [], key: nil, limit: "0", after: nil) }
        #expect(throws: UsageError.self) { try QueryText.query(states: [], key: nil, limit: nil, after: "x") }
    }
}

extension Substring {
    /// How many characters stand before the first of these texts that is there.
    fileprivate func distance(of texts: String...) -> Int? {
        texts.lazy.compactMap { self.firstRange(of: $0) }.first.map { distance(from: startIndex, to: $0.lowerBound) }
    }
}
