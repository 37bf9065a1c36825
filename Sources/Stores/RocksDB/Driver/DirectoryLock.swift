import Idempotency
import IdempotencyEmbedded

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The lock of a store's directory: one open store at a time, in this process or any other.
///
/// RocksDB has a lock of its own, which cannot tell who holds it. This one is taken first, and its file says who did.
final class DirectoryLock: Sendable {
    /// The name of the file in the directory.
    static let fileName = "once.lock"

    private let file: OpenFileLock

    /// Takes the lock, until this object goes.
    ///
    /// - Throws: `StoreError` that names the holder; `SystemFailure` when the file cannot be used.
    init(_ directory: String) throws {
        file = try OpenFileLock(directory + "/" + Self.fileName)
        guard file.lock(at: 0) else {
            guard errno == EAGAIN || errno == EACCES else { throw SystemFailure("lock", file.path) }
            throw Self.refusal(directory, path: file.path)
        }
        let note = Array("\(getpid()) \(Self.programName)\n".utf8)
        _ = ftruncate(file.descriptor, 0)
        _ = note.withUnsafeBytes { pwrite(file.descriptor, $0.baseAddress, $0.count, 0) }
    }

    private static var programName: Substring {
        CommandLine.arguments.first?.split(separator: "/").last ?? "unknown"
    }

    private static func refusal(_ directory: String, path: String) -> StoreError {
        let note = (try? SmallFile.read(path)).map { String(decoding: $0, as: UTF8.self) } ?? ""
        let parts = note.split(separator: "\n").first?.split(separator: " ", maxSplits: 1) ?? []
        let holder =
            switch parts.first {
            case "\(getpid())": "this process"
            case let number? where parts.count == 2: "\(parts[1]), process \(number)"
            default: "another process"
            }
        return StoreError(
            .unavailable,
            "\(directory) is in use (\(holder)): RocksDB lets one process at a time open a store. End that one first; "
                + "while a gateway serves from it, use the keys API of its admin listener.", effect: .notApplied)
    }
}
