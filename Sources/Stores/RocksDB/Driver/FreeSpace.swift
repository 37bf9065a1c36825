#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// How much space a disk has left.
struct FreeSpace: Sendable {
    /// The bytes that this process may still fill, or `nil` when the system does not say.
    let bytes: @Sendable () -> UInt64?

    /// Asks by other means; for tests.
    init(bytes: @escaping @Sendable () -> UInt64?) {
        self.bytes = bytes
    }

    /// The space of the file system that a directory lies on.
    init(at directory: String) {
        bytes = {
            var status = statvfs()
            guard statvfs(directory, &status) == 0 else { return nil }
            return UInt64(status.f_bavail) * UInt64(status.f_frsize)
        }
    }
}
