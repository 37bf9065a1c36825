import Idempotency
import IdempotencyEmbedded

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Where a database is to lie: what can be known before SQLite is asked.
struct StorePlace {
    /// The path of the database.
    let path: String

    private var directory: String { FilePlace.directory(of: path) }

    /// Refuses a place that cannot hold a store, with words that name it and say what to do.
    func check(acceptsNetworkFileSystem: Bool) throws(StoreError) {
        guard !path.isEmpty else { throw refusal("The path of the SQLite store is empty; name a file.") }
        guard path != ":memory:", !path.hasPrefix("file:") else {
            throw refusal("\(path) is no path of a file; name one, or use the store in memory.")
        }
        switch FilePlace.kind(of: directory) {
        case .directory: break
        case .nothing:
            throw refusal("The directory of the SQLite store \(path) does not exist; make \(directory) first.")
        case .file, .other:
            throw refusal("\(directory) is no directory, so \(path) cannot be a SQLite store; name another path.")
        }
        switch FilePlace.kind(of: path) {
        case .nothing, .file: break
        case .directory: throw refusal("\(path) is a directory; name a file in it for the SQLite store.")
        case .other: throw refusal("\(path) is no ordinary file; name another path for the SQLite store.")
        }
        guard FilePlace.canWrite(directory) else {
            throw refusal(
                "The directory \(directory) cannot be written, which SQLite needs for \(path)-wal; "
                    + "grant the right to write or name another path.")
        }
        guard FilePlace.kind(of: path) == .nothing || FilePlace.canReadAndWrite(path) else {
            throw refusal("\(path) cannot be written; grant the right to read and write it or name another path.")
        }
        if !acceptsNetworkFileSystem, let name = NetworkFileSystem.name(at: directory) {
            throw refusal(
                "\(path) lies on a network file system (\(name)), where locks and syncs cannot be relied on; "
                    + "name a path on a local disk, or use a store that is a server.")
        }
    }

    /// Makes an empty file that only its owner may read, where there is none: outcomes are nobody else's business.
    func makeFile() throws(StoreError) {
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            let cause = SystemFailure("open", path)
            throw StoreError(
                .misuse, "The SQLite store \(path) cannot be made: \(cause).", effect: .notApplied, cause: cause)
        }
        close(descriptor)
    }

    private func refusal(_ message: String) -> StoreError {
        StoreError(.misuse, message, effect: .notApplied)
    }
}
