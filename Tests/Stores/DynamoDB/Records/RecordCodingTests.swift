import Idempotency
import StoreTestParts
import Testing

@testable import IdempotencyDynamoDB

@Suite struct RecordCodingTests {
    /// A completed record as it lies in the table.
    private var item: Item {
        var draft = Draft(claiming: .test(1), owner: .test(1), lease: .seconds(30))
        draft.fence = Fence(5)
        draft.state = .completed(Outcome(.failure, [1, 2]), retention: .seconds(60))
        let request = ExchangeRequest(
            table: "t", exchange: Exchange(.test(1), expecting: .vacant, next: draft),
            now: Timestamp(microseconds: 1_700_000_000_000_000), clock: 1, write: "w", memory: .seconds(3600),
            lastFence: nil)
        return request.item
    }

    @Test("A record comes back as it was")
    func roundTrip() throws {
        let stored = try RecordCoding.decode(item)
        #expect(stored.record?.fence == Fence(5))
        #expect(stored.payload == 2)
        guard case .completed(let outcome, let at, let expires)? = stored.record?.state else {
            Issue.record("It is not completed.")
            return
        }
        #expect(outcome == Outcome(.failure, [1, 2]))
        #expect(expires - at == .seconds(60))
    }

    @Test("Scenario 36: a record that misses a part, has another kind in it, or a newer version, is refused")
    func damage() {
        let optional: Set<String> = ["checkpoint", "id", "outcome", "ttl"]
        for name in item.keys where !optional.contains(name) {
            var damaged = item
            damaged[name] = nil
            #expect(throws: RecordCoding.Damage.self, "without \(name)") { try RecordCoding.decode(damaged) }
            damaged[name] = .bytes([])
            #expect(throws: RecordCoding.Damage.self, "with other \(name)") { try RecordCoding.decode(damaged) }
        }
        var newer = item
        newer["v"] = .number(2)
        #expect(throws: RecordCoding.Damage.self) { try RecordCoding.decode(newer) }
        var unknown = item
        unknown["state"] = .text("paused")
        #expect(throws: RecordCoding.Damage.self) { try RecordCoding.decode(unknown) }
    }

    @Test("The size of an item is counted as DynamoDB does: names and values, bytes as they are")
    func size() {
        #expect(RecordCoding.size(["ab": .text("ü"), "n": .number("1234"), "b": .bytes([1, 2, 3])]) == 4 + 5 + 4)
    }
}
