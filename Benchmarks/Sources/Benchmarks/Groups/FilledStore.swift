import Foundation
import Idempotency

/// A store with many keys in it.
struct FilledStore {
    let kind: EmbeddedStore
    let keys: StoredKeys
    let folder: String
    /// How many bytes it takes on the disk.
    let size: Int

    private static func name(_ keys: StoredKeys) -> String { "stored-\(keys.count)" }

    /// Makes and fills one. Before it is measured, everything is on the disk and nothing goes on in the background.
    init(_ kind: EmbeddedStore, _ keys: StoredKeys, in folder: String) async throws {
        self.kind = kind
        self.keys = keys
        self.folder = folder
        let start = ContinuousClock.now
        let name = Self.name(keys)
        let filling = try await kind.open(in: folder, name: name, isForFilling: true)
        try await Filling(keys: keys).fill(filling.store)
        let counts = try await filling.store.counts()
        await filling.close()
        guard counts.completed + counts.expired == keys.total, counts.completed >= keys.count else {
            throw BenchmarkError("a store of \(keys.total) keys says that it holds \(counts)")
        }
        let opened = try await kind.open(in: folder, name: name)
        try await Self.settle(kind.path(in: folder, name: name))
        await opened.close()
        sync()
        size = try Self.files(kind.path(in: folder, name: name)).values.reduce(0, +)
        let taken = Figure.tenths((ContinuousClock.now - start) / .seconds(1))
        Console.say("(\(kind.name) filled with \(Figure.whole(Double(keys.total))) keys in \(taken) s)")
    }

    var url: String { kind.url(in: folder, name: Self.name(keys)) }

    /// Opens it with the default settings.
    func open() async throws -> OpenedStore { try await kind.open(in: folder, name: Self.name(keys)) }

    func remove() {
        let path = kind.path(in: folder, name: Self.name(keys))
        for suffix in ["", "-wal", "-shm", ".locks"] { try? FileManager.default.removeItem(atPath: path + suffix) }
    }

    /// Waits until files have been neither written nor removed for two seconds: compaction is done. A minute at most.
    private static func settle(_ path: String) async throws {
        var before = try files(path)
        var quiet = 0
        for _ in 0..<120 where quiet < 4 {
            try await Task.sleep(for: .milliseconds(500))
            let now = try files(path)
            quiet = now == before ? quiet + 1 : 0
            before = now
        }
    }

    /// The files of a store and their sizes.
    private static func files(_ path: String) throws -> [String: Int] {
        let manager = FileManager.default
        let inside = (try? manager.contentsOfDirectory(atPath: path)) ?? []
        var sizes: [String: Int] = [:]
        for file in inside.isEmpty ? [path, path + "-wal"] : inside.map({ "\(path)/\($0)" }) {
            // A file may go between the listing and the look.
            guard let size = try? manager.attributesOfItem(atPath: file)[.size] as? Int else { continue }
            sizes[file] = size
        }
        return sizes
    }
}
