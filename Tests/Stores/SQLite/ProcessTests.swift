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

    private func id(_ key: Int) -> RecordID {
        RecordID(Digest(UInt64(key) &* 0x9E37_79B9_7F4A_7C15, UInt64(key), 0, 0))
    }

    @Test("Scenario 4: the running record of a killed process is known to be orphaned at once, not after its lease")
    func orphans() async throws {
        let store = try await SQLiteStore.test(directory.file())
        let peer = try Peer("hold", "sqlite:\(directory.file())", "7")
        #expect(await peer.line() == "held")
        let before = try await store.record(id(7))
        #expect(try #require(before.record).hasLiveLease(at: before.now))
        #expect(try await store.counts() == RecordCounts(running: 1))
        await peer.kill()
        let after = try await store.exchange(.claim(id(7), .test(2)))
        #expect(try #require(after.record).hasLiveLease(at: after.now) == false)
        #expect(Decision(on: after.record, at: after.now, fingerprint: .peer, interrupted: .rerun).isTakeover)
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

    @Test(
        "Scenario 31: a disk that fails in a commit ends the writing; what was acknowledged is there"
    )
    func failingDisk() async throws {
        let peer = try Peer("fill", "sqlite:\(directory.file())", "400000")
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
        let store = try await SQLiteStore.test(directory.file())
        for key in acknowledged {
            #expect(try await store.record(id(key)).record != nil)
        }
        #expect(try await store.exchange(.claim(.test(55_555), .test(1))).isStored)
        await store.close()
    }
}

extension Fingerprint {
    /// What the peer writes.
    fileprivate static let peer = Fingerprint(algorithm: 1, digest: Digest(0, 0, 0, 1))
}

extension Decision {
    fileprivate var isTakeover: Bool { if case .takeOver = self { true } else { false } }
}
