#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Appending to a file so that it stays: one write, then a sync of file and folder.
enum AppendOnlyFile {
    /// Appends the bytes and waits until the disk has them; makes the file, mode 0600, where there is none.
    static func append(_ bytes: [UInt8], to path: String) throws(AppendFailure) {
        let isNew = access(path, F_OK) != 0
        let file = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw AppendFailure(path: path, step: "opened", code: errno) }
        defer { close(file) }
        // One write of a regular file in append mode is not mixed with those of others.
        let count = bytes.withUnsafeBytes { write(file, $0.baseAddress, $0.count) }
        guard count == bytes.count else {
            throw AppendFailure(path: path, step: "written", code: count < 0 ? errno : ENOSPC)
        }
        guard fsync(file) == 0 else { throw AppendFailure(path: path, step: "synced", code: errno) }
        if isNew { try syncFolder(of: path) }
    }

    /// The name of a new file is durable only when its folder is.
    private static func syncFolder(of path: String) throws(AppendFailure) {
        let parent = path.lastIndex(of: "/").map { String(path[...$0]) } ?? "."
        let folder = open(parent, O_RDONLY | O_CLOEXEC)
        guard folder >= 0 else { throw AppendFailure(path: parent, step: "opened", code: errno) }
        defer { close(folder) }
        guard fsync(folder) == 0 else { throw AppendFailure(path: parent, step: "synced", code: errno) }
    }
}

/// Why a line could not be appended.
public struct AppendFailure: Error, Hashable, Sendable, CustomStringConvertible {
    /// The file or folder.
    public let path: String
    /// What could not be done with it.
    public let step: String
    /// The system's error number.
    public let code: Int32

    /// File, step and what the system says.
    public var description: String { "\(path) cannot be \(step): \(String(cString: strerror(code)))" }
}
