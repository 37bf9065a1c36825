import CRocksDB
import Foundation
import Idempotency
import StoreTestParts
import Testing

@testable import IdempotencyRocksDB

/// A directory that cannot be used is refused with words that name it.
@Suite struct OpeningTests {
    private let directory: TestDirectory

    init() throws {
        directory = try TestDirectory()
    }

    private func refusal(_ path: String) async -> StoreError? {
        let error = await #expect(throws: StoreError.self) { _ = try await RocksDBStore.open(path, logger: silent) }
        #expect(error?.effect == .notApplied)
        #expect(error?.message.contains(path) == true, "\(error?.message ?? "")")
        return error
    }

    @Test("A missing parent directory, a file in place of the directory, and an empty path are refused")
    func wrongPlaces() async throws {
        #expect(await refusal(directory.file("missing/once"))?.code == .misuse)
        try Data("a letter".utf8).write(to: URL(fileURLWithPath: directory.file("letter")))
        #expect(await refusal(directory.file("letter"))?.code == .misuse)
        let nameless = await #expect(throws: StoreError.self) { _ = try await RocksDBStore.open("", logger: silent) }
        #expect(nameless?.code == .misuse)
    }

    @Test("A directory with other files in it is refused and left as it was")
    func otherFiles() async throws {
        try Data("a letter".utf8).write(to: URL(fileURLWithPath: directory.file("letter")))
        #expect(await refusal(directory.path)?.code == .corrupt)
        #expect(try FileManager.default.contentsOfDirectory(atPath: directory.path) == ["letter"])
    }

    @Test(
        "A database of another program is refused and left as it was, also under our marker", arguments: [true, false])
    func otherDatabase(isMarked: Bool) async throws {
        let path = directory.file("once")
        let options = rocksdb_options_create()
        rocksdb_options_set_create_if_missing(options, 1)
        rocksdb_close(try RocksDBFailure.check { rocksdb_open(options, path, $0) })
        rocksdb_options_destroy(options)
        if isMarked { try StoreDirectory(path: path).mark(.made(format: 1)) }
        #expect(await refusal(path)?.code == .corrupt)
        #expect(try Database.families(in: path) == ["default"])
    }

    @Test("A store that a newer version wrote is refused and named")
    func newerFormat() async throws {
        await (try RocksDBStore.test(directory)).close()
        try StoreDirectory(path: directory.file("once")).mark(.made(format: 2))
        let error = await refusal(directory.file("once"))
        #expect(error?.code == .misuse)
        #expect(error?.message.contains("format 2") == true)
    }

    @Test("A store that was not made to its end is made to its end")
    func interruptedMaking() async throws {
        let path = directory.file("once")
        for keepsManifest in [true, false] {
            await (try RocksDBStore.test(directory)).close()
            try StoreDirectory(path: path).mark(.making)
            // RocksDB writes its manifest first, then CURRENT, then a log.
            for name in try FileManager.default.contentsOfDirectory(atPath: path)
            where name == "CURRENT" || name.hasSuffix(".log") || !keepsManifest && name.hasPrefix("MANIFEST") {
                try FileManager.default.removeItem(atPath: path + "/" + name)
            }
            let store = try await RocksDBStore.test(directory)
            #expect(try await store.exchange(.claim(.test(1), .test(1))).isStored)
            await store.close()
        }
    }

    @Test("A store that is open in this process or in another is refused, and the holder named")
    func inUse() async throws {
        let path = directory.file("once")
        let store = try await RocksDBStore.test(directory)
        let own = await refusal(path)
        #expect(own?.code == .unavailable)
        #expect(own?.message.contains("this process") == true)
        await store.close()
        let peer = try Peer("hold", "rocksdb:\(path)", "1")
        #expect(await peer.line() == "held")
        let other = await refusal(path)
        #expect(other?.code == .unavailable)
        #expect(other?.message.contains("store-peer, process \(peer.identifier)") == true, "\(other?.message ?? "")")
        #expect(other?.message.contains("admin") == true)
        await peer.finish()
        await (try RocksDBStore.test(directory)).close()
    }

    @Test("RocksDB's own lock counts where ours was deleted")
    func deletedLock() async throws {
        let store = try await RocksDBStore.test(directory)
        try FileManager.default.removeItem(atPath: directory.file("once/once.lock"))
        #expect(await refusal(directory.file("once"))?.code == .unavailable)
        #expect(try await store.exchange(.claim(.test(1), .test(1))).isStored)
        await store.close()
    }

    @Test("Of eight openers at the same time one succeeds, and the others are told why not")
    func concurrentOpeners() async throws {
        let results = await withTaskGroup(of: Result<RocksDBStore, StoreError>.self) { group in
            for _ in 0..<8 {
                group.addTask { [directory] in
                    do throws(StoreError) {
                        return .success(try await RocksDBStore.open(directory.file("once"), logger: silent))
                    } catch {
                        return .failure(error)
                    }
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        var stores: [RocksDBStore] = []
        for result in results {
            switch result {
            case .success(let store): stores.append(store)
            case .failure(let error): #expect(error.code == .unavailable, "\(error)")
            }
        }
        #expect(stores.count == 1)
        for store in stores {
            #expect(try await store.exchange(.claim(.test(1), .test(1))).isStored)
            await store.close()
        }
    }

    @Test("The directory is readable for its owner only")
    func permissions() async throws {
        await (try RocksDBStore.test(directory)).close()
        let attributes = try FileManager.default.attributesOfItem(atPath: directory.file("once"))
        #expect(attributes[.posixPermissions] as? Int == 0o700)
    }

    @Test("A store can be opened, closed and opened again at once, many times")
    func reopening() async throws {
        for number in 0..<30 {
            let store = try await RocksDBStore.test(directory)
            #expect(try await store.exchange(.claim(.test(number), .test(1))).isStored)
            #expect(try await store.counts().lapsed == number)
            await store.close()
        }
    }
}
