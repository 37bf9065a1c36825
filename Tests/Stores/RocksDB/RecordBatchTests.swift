import Idempotency
import IdempotencyEmbedded
import StoreTestParts
import Testing

@testable import IdempotencyRocksDB

@Suite struct RecordBatchTests {
    @Test("Short of space, of one batch the claims are refused, and what runs completes")
    func shortOfSpace() throws {
        let reading = MachineReading(now: Timestamp(microseconds: 1_000_000), uptime: 400)
        let holder = StoredRecord.Holder(instance: 1, boot: 2)
        let running = Draft(claiming: .test(1), owner: .test(1), lease: .seconds(30))
            .stamped(at: reading.now, fence: Fence(1))
        var batch = RecordBatch(
            [.test(1), .test(2)], found: [.success(StoredRecord(running, by: holder, at: reading)), .success(nil)],
            lastFence: Fence(1), from: Viewpoint(reading: reading, holder: holder, orphansLapseAtOnce: true))
        let refused = batch.apply(.claim(.test(2), .test(2)), refusesClaims: true)
        #expect(throws: StoreError.self) { try refused.get() }
        #expect(try batch.apply(.complete(.test(1), running), refusesClaims: true).get().isStored)
        #expect(try batch.apply(.claim(.test(1), .test(3)), refusesClaims: true).get().isStored == false)
        #expect(batch.changes.map(\.id) == [.test(1)])
        #expect(batch.lastFence == Fence(1))
    }
}
