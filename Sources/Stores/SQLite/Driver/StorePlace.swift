import Foundation
import Idempotency

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

    private var directory: String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    /// Refuses a place that cannot hold a store, with words that name it and say what to do.
    func check(acceptsNetworkFileSystem: Bool) throws(StoreError) {
        guard !path.isEmpty else { throw refusal("The path of the SQLite store is empty; name a file.") }
        guard path != ":memory:", !path.hasPrefix("file:") else {
            throw refusal("\(path) is no path of a file; name one, or use the store in memory.")
        }
        switch kind(of: directory) {
        case S_IFDIR: break
        case nil: throw refusal("The directory of the SQLite store \(path) does not exist; make \(directory) first.")
        default: throw refusal("\(directory) is no directory, so \(path) cannot be a SQLite store; name another path.")
        }
        switch kind(of: path) {
        case nil, S_IFREG: break
        case S_IFDIR: throw refusal("\(path) is a directory; name a file in it for the SQLite store.")
        default: throw refusal("\(path) is no ordinary file; name another path for the SQLite store.")
        }
        guard access(directory, W_OK) == 0 else {
            throw refusal(
                "The directory \(directory) cannot be written, which SQLite needs for \(path)-wal; "
                    + "grant the right to write or name another path.")
        }
        guard kind(of: path) == nil || access(path, R_OK | W_OK) == 0 else {
            throw refusal("\(path) cannot be written; grant the right to read and write it or name another path.")
        }
        if !acceptsNetworkFileSystem, let name = networkFileSystem {
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

    /// The path without symbolic links, under which every process finds the same file of locks.
    var resolvedPath: String {
        guard let resolved = realpath(path, nil) else { return path }
        defer { free(resolved) }
        return String(cString: resolved)
    }

    private func refusal(_ message: String) -> StoreError {
        StoreError(.misuse, message, effect: .notApplied)
    }

    private func kind(of path: String) -> mode_t? {
        var status = stat()
        return stat(path, &status) == 0 ? status.st_mode & S_IFMT : nil
    }

    /// The name of the file system, if it is one that several machines may have mounted.
    private var networkFileSystem: String? {
        #if canImport(Darwin)
        var status = statfs()
        guard statfs(directory, &status) == 0 else { return nil }
        return status.f_flags & UInt32(MNT_LOCAL) == 0 ? "not local" : nil
        #else
        var status = stat()
        guard stat(directory, &status) == 0,
            let mounts = FileManager.default.contents(atPath: "/proc/self/mountinfo")
        else { return nil }
        return MountTable(String(decoding: mounts, as: UTF8.self)).networkFileSystem(ofDevice: UInt64(status.st_dev))
        #endif
    }
}

/// What is mounted where, as Linux tells it in `/proc/self/mountinfo` (proc(5)).
struct MountTable {
    private let lines: [Substring]

    /// Reads the text of such a file.
    init(_ text: String) {
        lines = text.split(separator: "\n")
    }

    /// The type of the file system of a device, if it is one that several machines may have mounted.
    func networkFileSystem(ofDevice device: UInt64) -> String? {
        let major = (device >> 8 & 0xFFF) | (device >> 32 & ~0xFFF)
        let minor = (device & 0xFF) | (device >> 12 & ~0xFF)
        let fields = lines.lazy.map { $0.split(separator: " ") }.first { $0.count > 2 && $0[2] == "\(major):\(minor)" }
        guard let fields, let dash = fields.firstIndex(of: "-"), dash + 1 < fields.count else { return nil }
        let type = String(fields[dash + 1])
        return Self.networkTypes.contains(type) || type.hasPrefix("fuse.") ? type : nil
    }

    private static let networkTypes: Set<String> = [
        "nfs", "nfs4", "cifs", "smb3", "smbfs", "afs", "coda", "9p", "ceph", "gfs2", "ocfs2", "lustre", "fuse",
        "virtiofs",
    ]
}
