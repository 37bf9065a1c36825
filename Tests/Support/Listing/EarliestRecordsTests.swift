import Idempotency
import IdempotencyListing
import Testing

@Suite struct EarliestRecordsTests {
    private func place(_ time: Int64, _ id: UInt8) -> RecordQuery.Cursor {
        RecordQuery.Cursor(
            created: Timestamp(microseconds: time), id: RecordID(Digest(UInt64(id), 0, 0, 0)))
    }

    @Test("However records come, the earliest are kept in the order of listings", arguments: [UInt64(1), 2, 3])
    func order(seed: UInt64) {
        var random = seed
        func next() -> UInt64 {
            random = random &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return random >> 33
        }
        // Few points in time, so that many records were claimed at the same one.
        let all = (0..<200).map { place(Int64(next() % 20), UInt8($0)) }
        for limit in [1, 7, 50, 300] {
            var earliest = EarliestRecords(limit: limit)
            for place in all { earliest.insert(place) }
            #expect(earliest.places == Array(all.sorted().prefix(limit)), "seed \(seed), limit \(limit)")
        }
    }

    @Test("A record that a walk comes across twice is listed once")
    func twice() {
        var earliest = EarliestRecords(limit: 3)
        for place in [place(5, 1), place(3, 2), place(5, 1), place(3, 2), place(9, 3), place(9, 3)] {
            earliest.insert(place)
        }
        #expect(earliest.places == [place(3, 2), place(5, 1), place(9, 3)])
    }
}
