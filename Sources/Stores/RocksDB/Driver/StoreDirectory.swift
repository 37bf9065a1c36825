import Idempotency
import IdempotencyEmbedded

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Where a store is to lie: what can be known before RocksDB is asked.
struct StoreDirectory {
    /// The directory of the store.
    let path: String

    private var parent: String { FilePlace.directory(of: path) }
    private var markerPath: String { path + "/" + FormatMarker.fileName }

    /// Refuses a place that cannot hold a store, with words that name it and say what to do.
    func check(acceptsNetworkFileSystem: Bool) throws(StoreError) {
        guard !path.isEmpty else { throw refusal("The directory of the RocksDB store is not named; name one.") }
        let kind = FilePlace.kind(of: path)
        switch kind {
        case .directory: break
        case .nothing:
            guard FilePlace.kind(of: parent) == .directory else {
                throw refusal("\(parent), in which the RocksDB store \(path) is to lie, does not exist; make it first.")
            }
        case .file, .other:
            throw refusal("\(path) is no directory; name a directory of its own for the RocksDB store.")
        }
        let written = kind == .directory ? path : parent
        guard FilePlace.canWrite(written) else {
            throw refusal("\(written) cannot be written; grant the right to write it or name another directory.")
        }
        if !acceptsNetworkFileSystem, let name = NetworkFileSystem.name(at: written) {
            throw refusal(
                "\(path) lies on a network file system (\(name)), where locks and syncs cannot be relied on; "
                    + "name a directory on a local disk, or use a store that is a server.")
        }
    }

    /// Makes the directory where there is none, and takes the lock of it; a directory of somebody else's stays as it
    /// is.
    ///
    /// - Throws: `StoreError`; `SystemFailure`.
    func lock() throws -> DirectoryLock {
        if FilePlace.kind(of: path) == .nothing {
            guard mkdir(path, 0o700) == 0 || errno == EEXIST else { throw SystemFailure("mkdir", path) }
            try SmallFile.sync(directory: parent)
        }
        _ = try marker()
        return try DirectoryLock(path)
    }

    /// What the directory, whose lock is held, says that it holds; says so in it where there is nothing yet.
    ///
    /// - Throws: `StoreError` for a directory of somebody else's or of a newer version; `SystemFailure`.
    func claim() throws -> FormatMarker {
        if let marker = try marker() { return marker }
        try mark(.making)
        return .making
    }

    /// What the directory says that it holds; `nil` when it is empty.
    private func marker() throws -> FormatMarker? {
        if FilePlace.kind(of: markerPath) == .nothing {
            if try isEmpty() { return nil }
            // Another process may have begun a store here in the meantime; the marker is its first file.
            guard FilePlace.kind(of: markerPath) != .nothing else {
                throw StoreError(
                    .corrupt,
                    "\(path) holds files, but no RocksDB store of this program (there is no \(FormatMarker.fileName) "
                        + "in it); name an empty directory. Nothing was changed.", effect: .notApplied)
            }
        }
        guard let marker = FormatMarker(String(decoding: try SmallFile.read(markerPath), as: UTF8.self)) else {
            throw StoreError(
                .corrupt,
                "\(markerPath) does not say what \(path) holds: it is damaged or somebody else's. Restore the store "
                    + "from a backup or name another directory. Nothing was changed.", effect: .notApplied)
        }
        if case .made(let format) = marker, format != FormatMarker.currentFormat {
            throw refusal(
                "\(path) was written by a newer version of this program (format \(format)); upgrade this program or "
                    + "name another directory. Nothing was changed.")
        }
        return marker
    }

    /// Writes down what the directory holds.
    func mark(_ marker: FormatMarker) throws(SystemFailure) {
        try SmallFile.replace(markerPath, by: Array(marker.text.utf8))
    }

    /// Whether nothing is in the directory but what this program leaves there before a store is begun.
    private func isEmpty() throws(SystemFailure) -> Bool {
        guard let directory = opendir(path) else { throw SystemFailure("opendir", path) }
        defer { closedir(directory) }
        let ours = [".", "..", "lost+found", DirectoryLock.fileName, FormatMarker.fileName + ".new"]
        while let entry = readdir(directory) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) {
                String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
            }
            guard ours.contains(name) else { return false }
        }
        return true
    }

    private func refusal(_ message: String) -> StoreError {
        StoreError(.misuse, message, effect: .notApplied)
    }
}
