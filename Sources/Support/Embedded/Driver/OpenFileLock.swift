#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A file whose bytes can be locked, one by one.
///
/// The locks belong to the open file (`F_OFD_SETLK`), not to the process: two of these in one process are two holders,
/// and closing one file frees nothing of another. The operating system frees them when the file is closed or the
/// process ends, in whatever way.
package final class OpenFileLock: Sendable {
    /// The open file.
    package let descriptor: Int32
    /// Where it lies.
    package let path: String

    /// Opens the file, and makes it where it is missing; only its owner may read it.
    package init(_ path: String) throws(SystemFailure) {
        self.path = path
        descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw SystemFailure("open", path) }
    }

    deinit {
        close(descriptor)
    }

    /// Locks one byte without waiting; whether that was possible. `errno` then tells why not.
    package func lock(at offset: Int64) -> Bool { set(F_WRLCK, at: offset) }

    /// Gives the lock of one byte up.
    package func unlock(at offset: Int64) { _ = set(F_UNLCK, at: offset) }

    /// Whether nobody holds the lock of one byte; `false` also when that cannot be told.
    package func isFree(at offset: Int64) -> Bool {
        var range = Self.range(F_WRLCK, at: offset)
        return fcntl(descriptor, Self.getLock, &range) == 0 && range.l_type == Int16(F_UNLCK)
    }

    private func set(_ type: Int32, at offset: Int64) -> Bool {
        var range = Self.range(type, at: offset)
        return fcntl(descriptor, Self.setLock, &range) == 0
    }

    private static func range(_ type: Int32, at offset: Int64) -> flock {
        var range = flock()
        range.l_type = Int16(type)
        range.l_whence = Int16(SEEK_SET)
        range.l_start = off_t(offset)
        range.l_len = 1
        return range
    }

    // The headers show these numbers only to those who ask for GNU extensions.
    #if canImport(Darwin)
    private static let setLock: Int32 = 90
    private static let getLock: Int32 = 92
    #else
    private static let getLock: Int32 = 36
    private static let setLock: Int32 = 37
    #endif
}
