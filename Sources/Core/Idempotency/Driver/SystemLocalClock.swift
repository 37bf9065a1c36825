#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The clock of the machine; goes on while the machine sleeps.
///
/// The one that `ContinuousClock` reads, without the durations in between: it is read several times per execution.
package struct SystemLocalClock: LocalClock {
    package init() {}

    package var now: Moment {
        var time = timespec()
        #if canImport(Darwin)
        clock_gettime(CLOCK_MONOTONIC, &time)
        #else
        clock_gettime(CLOCK_BOOTTIME, &time)
        #endif
        return Moment(nanoseconds: Int64(time.tv_sec) &* 1_000_000_000 &+ Int64(time.tv_nsec))
    }

    package func sleep(until moment: Moment) async throws {
        let remaining = moment - now
        if remaining > .zero { try await Task.sleep(for: remaining) } else { await Task.yield() }
    }
}
