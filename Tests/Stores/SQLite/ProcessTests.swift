import Idempotency
import IdempotencySQLite
import StoreTestParts
import Testing

/// Several processes on one file.
@Suite struct ProcessTests {
    private let directory: TestDirectory

    init() throws {
        directory = try TestDirectory()
    }

    @Test("Scenario 4: the running record of a process that is killed lapses at once for those that live on")
    func orphans() async throws {
        let store = try await SQLiteStore.test(directory.file())
        let peer = try Peer("hold", "sqlite:\(directory.file())", "7")
        #expect(await peer.line() == "held")
        let before = try await store.record(PeerKey(7).id)
        #expect(try #require(before.record).hasLiveLease(at: before.now))
        #expect(try await store.counts() == RecordCounts(running: 1))
        await peer.kill()
        let after = try await store.exchange(.claim(PeerKey(7).id, .test(2)))
        #expect(try #require(after.record).hasLiveLease(at: after.now) == false)
        #expect(
            Decision(on: after.record, at: after.now, fingerprint: PeerKey.fingerprint, interrupted: .rerun).isTakeover)
        #expect(try await store.counts() == RecordCounts(lapsed: 1))
        await store.close()
    }

    @Test("Scenario 32: two busy processes never meet a lock, and every key has one winner")
    func races() async throws {
        let store = try await SQLiteStore.test(directory.file())
        await store.close()
        let keys = 3000
        let peers = try (1...3).map { try Peer("race", "sqlite:\(directory.file())", "\($0)", "\(keys)") }
        var won: [Int] = []
        for peer in peers { won.append(Int(await peer.line() ?? "") ?? -1_000_000) }
        for peer in peers { await peer.finish() }
        #expect(won.reduce(0, +) == keys, "\(won)")
    }
}

extension Decision {
    fileprivate var isTakeover: Bool { if case .takeOver = self { true } else { false } }
}
