import Idempotency
import StoreTestParts

@testable import IdempotencyRedis

extension RedisStore {
    /// Walks to the end: which records were seen, on how many pages, of how many beginnings.
    func wholeWalk(
        from start: WalkPlace? = nil, limit: Int = 20
    ) async throws -> (seen: Set<RecordID>, pages: Int, beginnings: Int) {
        var result = (seen: Set<RecordID>(), pages: 0, beginnings: 0)
        var place = start
        repeat {
            let page = try await walk(from: place, limit: limit)
            result.seen.formUnion(page.entries.map(\.id))
            result.pages += 1
            if page.isFirst { result.beginnings += 1 }
            place = page.next
        } while place != nil
        return result
    }
}

extension RecordID {
    /// An id whose key lies in this slot of a cluster.
    static func inSlot(_ slot: Int) -> RecordID {
        for number in 1_000_000... where Slot.of("once:\(RecordID.test(number))".utf8) == slot { return .test(number) }
        return .test(0)
    }
}
