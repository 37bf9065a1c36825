#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The wall clock of the machine.
public struct SystemStoreClock: StoreClock {
    /// The wall clock, in microseconds.
    public var now: Timestamp {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Timestamp(microseconds: Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000)
    }
}

extension StoreClock where Self == SystemStoreClock {
    /// The wall clock of the machine.
    public static var system: SystemStoreClock { SystemStoreClock() }
}
