#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The clocks of the machine that this process runs on.
public struct SystemMachineClock: MachineClock {
    /// The wall clock, in microseconds.
    public var now: Timestamp { SystemStoreClock().now }

    /// `CLOCK_BOOTTIME` on Linux, `CLOCK_MONOTONIC` on Darwin; both go on while the machine sleeps.
    public var uptime: Duration {
        var time = timespec()
        #if canImport(Darwin)
        clock_gettime(CLOCK_MONOTONIC, &time)
        #else
        clock_gettime(CLOCK_BOOTTIME, &time)
        #endif
        return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
    }

    /// `/proc/sys/kernel/random/boot_id` on Linux, `kern.bootsessionuuid` on Darwin.
    public var bootID: String? {
        #if canImport(Darwin)
        var bytes = [UInt8](repeating: 0, count: 64)
        var count = bytes.count
        guard sysctlbyname("kern.bootsessionuuid", &bytes, &count, nil, 0) == 0 else { return nil }
        #else
        let file = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        var bytes = [UInt8](repeating: 0, count: 64)
        let count = read(file, &bytes, bytes.count)
        guard count > 0 else { return nil }
        #endif
        let text = bytes.prefix { $0 > 0x20 }
        return text.isEmpty ? nil : String(decoding: text, as: UTF8.self)
    }
}

extension MachineClock where Self == SystemMachineClock {
    /// The clocks of the machine that this process runs on.
    public static var machine: SystemMachineClock { SystemMachineClock() }
}
