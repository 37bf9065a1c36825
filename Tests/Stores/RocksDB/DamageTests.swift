import Foundation
import Idempotency
import StoreTestParts
import Testing

@testable import IdempotencyRocksDB

/// What cannot be understood or written is refused, and nothing runs.
@Suite struct DamageTests {
    private let directory: TestDirectory

    init() throws {
        directory = try TestDirectory()
    }

    private func files(_ ending: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: directory.file("once"))
            .filter { $0.hasSuffix(ending) }.sorted().map { directory.file("once/" + $0) }
    }

    private func alter(_ path: String, _ change: (inout Data) -> Void) throws {
        var data = try Data(contentsOf: URL(fileURLWithPath: path))
        change(&data)
        try data.write(to: URL(fileURLWithPath: path))
    }

    private func refusal() async -> StoreError? {
        let error = await #expect(throws: StoreError.self) { _ = try await RocksDBStore.test(directory) }
        #expect(error?.effect == .notApplied)
        #expect(error?.message.contains(directory.file("once")) == true, "\(error?.message ?? "")")
        return error
    }

    /// A store in which keys 0..<count are claimed, one write each; closed.
    private func fill(_ count: Int) async throws {
        let store = try await RocksDBStore.test(directory)
        for number in 0..<count { _ = try await store.exchange(.claim(.test(number), .test(number))) }
        await store.close()
    }

    @Test("Scenario 36: a record with unknown content is refused, the others are served", arguments: [0, 1, 40, -1])
    func unknownContent(offset: Int) async throws {
        try await fill(1)
        do {
            let raw = try RawDatabase(directory)
            try raw.alter(.records, RecordID.test(0).key) { $0[offset < 0 ? $0.count - 1 : offset] ^= 2 }
        }
        let store = try await RocksDBStore.test(directory)
        let error = await #expect(throws: StoreError.self) {
            _ = try await store.exchange(.claim(.test(0), .test(2)))
        }
        #expect(error?.code == .corrupt)
        #expect(error?.effect == .notApplied)
        await #expect(throws: StoreError.self) { _ = try await store.record(.test(0)) }
        #expect(try await store.exchange(.claim(.test(2), .test(2))).isStored)
        await store.close()
    }

    @Test("A store whose highest fence is damaged or gone is not opened", arguments: [true, false])
    func damagedFence(isGone: Bool) async throws {
        try await fill(1)
        do {
            let raw = try RawDatabase(directory)
            let batch = WriteBatch(raw.database)
            if isGone { batch.delete(.counters, Counter.fence) } else { batch.put(.counters, Counter.fence, [1]) }
            try raw.database.write(batch, isSynced: true)
        }
        #expect(await refusal()?.code == .corrupt)
    }

    @Test("A store that has lost its files is refused, not taken for a new one", arguments: ["CURRENT", "once.format"])
    func lostFile(name: String) async throws {
        try await fill(1)
        try FileManager.default.removeItem(atPath: directory.file("once/" + name))
        #expect(await refusal()?.code == .corrupt)
        #expect(try !files(".log").isEmpty)
    }

    @Test("A damaged marker is refused")
    func damagedMarker() async throws {
        try await fill(1)
        try alter(directory.file("once/once.format")) { $0[3] ^= 1 }
        #expect(await refusal()?.code == .corrupt)
    }

    @Test("A log that ends in the middle of a write is what a crash leaves: all before that is there")
    func cutLog() async throws {
        try await fill(10)
        let log = try #require(try files(".log").last)
        try alter(log) { $0.removeLast(20) }
        let store = try await RocksDBStore.test(directory)
        for number in 0..<9 { #expect(try await store.record(.test(number)).record != nil) }
        #expect(try await store.record(.test(9)).record == nil)
        // The lost claim took a fence with it; the next claim of that key gets it, as nobody was answered with it.
        #expect(try await store.exchange(.claim(.test(9), .test(2))).isStored)
        await store.close()
    }

    @Test("A log that is damaged in its middle is refused: what comes behind was answered")
    func damagedLog() async throws {
        try await fill(50)
        let log = try #require(try files(".log").last)
        try alter(log) { $0[$0.count / 2] ^= 1 }
        #expect(await refusal()?.code == .corrupt)
    }

    @Test("A damaged block of a file is refused, never taken for a vacant key")
    func damagedFile() async throws {
        try await fill(2000)
        do { try RawDatabase(directory).compact(at: Timestamp(microseconds: .min)) }
        let sizes = try files(".sst").map { ($0, try Data(contentsOf: URL(fileURLWithPath: $0)).count) }
        let records = try #require(sizes.max { $0.1 < $1.1 })
        // The first half holds records only; what RocksDB reads at a start lies behind them.
        try alter(records.0) { data in
            for offset in stride(from: 500, to: data.count / 2, by: 1000) { data[offset] ^= 4 }
        }
        let store = try await RocksDBStore.test(directory)
        var refused = 0
        for number in 0..<2000 {
            do {
                #expect(try await store.exchange(.claim(.test(number), .test(5000))).isStored == false)
            } catch {
                #expect(error.code == .corrupt && error.effect == .notApplied)
                refused += 1
            }
        }
        #expect(refused > 0)
        await store.close()
    }
}
