import Idempotency
import StoreTestParts
import Testing

@testable import IdempotencyRocksDB

/// Processes that end without warning.
@Suite struct ProcessTests {
    private let directory: TestDirectory

    init() throws {
        directory = try TestDirectory()
    }

    private var url: String { "rocksdb:" + directory.file("once") }

    private func id(_ key: Int) -> RecordID {
        RecordID(Digest(UInt64(key) &* 0x9E37_79B9_7F4A_7C15, UInt64(key), 0, 0))
    }

    @Test("Scenario 4: the running record of a killed process is known to be orphaned at once, not after its lease")
    func orphans() async throws {
        let peer = try Peer("hold", url, "7")
        #expect(await peer.line() == "held")
        await peer.kill()
        let store = try await RocksDBStore.test(directory)
        let after = try await store.exchange(.claim(id(7), .test(2)))
        #expect(try #require(after.record).hasLiveLease(at: after.now) == false)
        #expect(try await store.counts() == RecordCounts(lapsed: 1))
        await store.close()
    }

    @Test("What a killed process was answered is there, round after round")
    func kills() async throws {
        var claimed: Set<Int> = []
        var completed: Set<Int> = []
        for round in 0..<4 {
            let peer = try Peer("write", url, "\(round * 1_000_000)", "32")
            for _ in 0..<400 + round * 300 {
                guard let words = await peer.line()?.split(separator: " "), words.count == 2, let key = Int(words[1])
                else {
                    Issue.record("the peer does not answer")
                    break
                }
                switch words[0] {
                case "claimed": claimed.insert(key)
                case "completed": completed.insert(key)
                default: Issue.record("\(words)")
                }
            }
            await peer.kill()
        }
        let store = try await RocksDBStore.test(directory)
        #expect(!completed.isEmpty)
        for key in claimed {
            let record = try await store.record(id(key)).record
            #expect(record != nil, "key \(key)")
            guard completed.contains(key) else { continue }
            #expect(record?.queryState(at: .init(microseconds: 0)) == .completed, "key \(key)")
        }
        await store.close()
    }

    @Test("Scenario 31: a disk that fails in a write ends the writing; what was acknowledged is there")
    func failingDisk() async throws {
        let peer = try Peer("fill", url, "400000")
        var acknowledged: [Int] = []
        var rest: [String] = []
        while let line = await peer.line() {
            if line.hasPrefix("acknowledged ") {
                acknowledged.append(Int(line.dropFirst("acknowledged ".count)) ?? -1)
            } else {
                rest.append(line)
            }
        }
        await peer.finish()
        #expect(!acknowledged.isEmpty)
        #expect(rest == ["failed \(acknowledged.count) unavailable unknown", "refused unavailable notApplied"])
        let store = try await RocksDBStore.test(directory)
        for key in acknowledged { #expect(try await store.record(id(key)).record != nil) }
        #expect(try await store.exchange(.claim(.test(55_555), .test(1))).isStored)
        await store.close()
    }
}
