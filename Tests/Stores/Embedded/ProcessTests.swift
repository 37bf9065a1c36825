import Idempotency
import StoreTestParts
import Testing

/// Processes that end without warning, and disks that fail under them.
@Suite struct ProcessTests {
    private let directory: TestDirectory

    init() throws {
        directory = try TestDirectory()
    }

    @Test(
        "Scenario 4: the running record of a killed process is known to be orphaned at once, not after its lease",
        arguments: EmbeddedStore.allCases)
    func orphans(kind: EmbeddedStore) async throws {
        let peer = try Peer("hold", kind.url(in: directory), "7")
        #expect(await peer.line() == "held")
        await peer.kill()
        let store = try await kind.open(in: directory)
        let after = try await store.exchange(.claim(PeerKey(7).id, .test(2)))
        #expect(try #require(after.record).hasLiveLease(at: after.now) == false)
        #expect(try await store.counts() == RecordCounts(lapsed: 1))
        await store.close()
    }

    @Test("What a killed process was answered is there, round after round", arguments: EmbeddedStore.allCases)
    func kills(kind: EmbeddedStore) async throws {
        var claimed: Set<Int> = []
        var completed: Set<Int> = []
        for round in 0..<4 {
            let peer = try Peer("write", kind.url(in: directory), "\(round * 1_000_000)", "32")
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
        let store = try await kind.open(in: directory)
        #expect(!completed.isEmpty)
        for key in claimed {
            let record = try await store.record(PeerKey(key).id).record
            #expect(record != nil, "key \(key)")
            guard completed.contains(key) else { continue }
            #expect(record?.queryState(at: .init(microseconds: 0)) == .completed, "key \(key)")
        }
        await store.close()
    }

    @Test(
        "Scenario 31: a disk that fails in a write ends the writing; what was acknowledged is there",
        arguments: EmbeddedStore.allCases)
    func failingDisk(kind: EmbeddedStore) async throws {
        let peer = try Peer("fill", kind.url(in: directory), "400000")
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
        let store = try await kind.open(in: directory)
        for key in acknowledged { #expect(try await store.record(PeerKey(key).id).record != nil) }
        #expect(try await store.exchange(.claim(.test(55_555), .test(1))).isStored)
        await store.close()
    }
}
