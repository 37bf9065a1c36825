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
        let found: [(id: RecordID, stored: Result<StoredRecord?, StoreError>)] = [
            (.test(1), .success(StoredRecord(running, by: holder, at: reading))), (.test(2), .success(nil)),
        ]
        var batch = RecordBatch(
            [.test(1): 0, .test(2): 1], found: found, lastFence: Fence(1),
            from: Viewpoint(reading: reading, holder: holder, orphansLapseAtOnce: true))
        let refused = batch.apply(.claim(.test(2), .test(2)), isRefused: true)
        #expect(throws: StoreError.self) { try refused.get() }
        #expect(try batch.apply(.complete(.test(1), running), isRefused: false).get().isStored)
        #expect(try batch.apply(.claim(.test(1), .test(3)), isRefused: true).get().isStored == false)
        var changed: [RecordID] = []
        batch.forEachChange { changed.append($0.id) }
        #expect(changed == [.test(1)])
        #expect(batch.lastFence == Fence(1))
    }
}
