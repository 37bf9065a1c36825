#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The `Date` header (RFC 9110 section 5.6.7), written anew once a second.
struct DateClock {
    private var second: time_t = -1
    private var text = ""

    /// The present date.
    mutating func now() -> String {
        var second = time(nil)
        guard second != self.second else { return text }
        self.second = second
        var parts = tm()
        gmtime_r(&second, &parts)
        let day = Self.days[Int(parts.tm_wday)]
        let month = Self.months[Int(parts.tm_mon)]
        text =
            "\(day), \(Self.two(parts.tm_mday)) \(month) \(parts.tm_year + 1900) "
            + "\(Self.two(parts.tm_hour)):\(Self.two(parts.tm_min)):\(Self.two(parts.tm_sec)) GMT"
        return text
    }

    private static func two(_ number: Int32) -> String { number < 10 ? "0\(number)" : "\(number)" }

    private static let days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]
}
