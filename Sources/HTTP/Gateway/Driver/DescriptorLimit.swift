#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// How many files and sockets this process may have open.
enum DescriptorLimit {
    /// Raises the soft limit to the hard one, which needs no privilege.
    ///
    /// - Returns: The limit that holds afterwards.
    static func raise() -> Int {
        var limit = rlimit()
        guard getrlimit(number, &limit) == 0 else { return .max }
        if limit.rlim_cur < limit.rlim_max {
            var raised = limit
            raised.rlim_cur = limit.rlim_max
            if setrlimit(number, &raised) == 0 { limit = raised }
        }
        return Int(clamping: limit.rlim_cur)
    }

    #if canImport(Glibc)
    private static let number = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
    #else
    private static let number = RLIMIT_NOFILE
    #endif
}
