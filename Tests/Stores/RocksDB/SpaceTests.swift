import Foundation
import Idempotency
import StoreTestParts
import Synchronization
import Testing

@testable import IdempotencyRocksDB

/// A disk that fills up.
@Suite struct SpaceTests {
    @Test(
        "Scenario 31: short of space, new keys are refused, what runs completes, duplicates get answers; it recovers"
    )
    func shortOfSpace() async throws {
        let directory = try TestDirectory()
        let left = Mutex<UInt64?>(1 << 40)
        let space = FreeSpace { left.withLock { $0 } }
        let store = try await RocksDBStore.test(directory, space: space) { $0.freeSpaceReserve = 1000 }
        let running = try #require(try await store.exchange(.claim(.test(1), .test(1))).record)
        left.withLock { $0 = 999 }
        let error = await #expect(throws: StoreError.self) {
            _ = try await store.exchange(.claim(.test(2), .test(2)))
        }
        #expect(error?.code == .full)
        #expect(error?.effect == .notApplied)
        #expect(try await store.record(.test(2)).record == nil)
        let takeover = Exchange(
            .test(1), expecting: .unrenewed(.test(1), renewals: 0),
            next: Draft(takingOver: running, owner: .test(3), lease: .seconds(1)))
        await #expect(throws: StoreError.self) { _ = try await store.exchange(takeover) }
        let completed = try await store.exchange(.complete(.test(1), running))
        #expect(completed.isStored)
        let duplicate = try await store.exchange(.claim(.test(1), .test(3)))
        #expect(!duplicate.isStored)
        #expect(duplicate.record == completed.record)
        left.withLock { $0 = 1000 }
        #expect(try await store.exchange(.claim(.test(2), .test(2))).isStored)
        left.withLock { $0 = nil }
        #expect(try await store.exchange(.claim(.test(3), .test(2))).isStored)
        await store.close()
    }

    @Test("RocksDB's text log takes no warnings: one that a full disk does not take would end the process")
    func quietLog() async throws {
        let directory = try TestDirectory()
        let store = try await RocksDBStore.test(directory)
        await store.close()
        let folder = URL(fileURLWithPath: directory.file("once"))
        let options = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
            .filter { $0.lastPathComponent.hasPrefix("OPTIONS-") }
        #expect(!options.isEmpty)
        for file in options {
            #expect(try String(contentsOf: file, encoding: .utf8).contains("info_log_level=FATAL_LEVEL"))
        }
    }
}
