#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// File systems that several machines may have mounted: locks and syncs there do not keep what they promise.
package enum NetworkFileSystem {
    /// The name of the file system that a directory lies on, if it is such a one.
    package static func name(at directory: String) -> String? {
        #if canImport(Darwin)
        var status = statfs()
        guard statfs(directory, &status) == 0 else { return nil }
        return status.f_flags & UInt32(MNT_LOCAL) == 0 ? "not local" : nil
        #else
        var status = stat()
        guard stat(directory, &status) == 0, let mounts = try? SmallFile.read("/proc/self/mountinfo") else {
            return nil
        }
        return MountTable(String(decoding: mounts, as: UTF8.self)).networkFileSystem(ofDevice: UInt64(status.st_dev))
        #endif
    }
}
