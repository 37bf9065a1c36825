#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A call to the operating system that failed.
struct SystemFailure: Error, CustomStringConvertible {
    /// The call.
    let call: String
    /// The file that it was about.
    let path: String
    /// The error number.
    let number: Int32

    /// The call that has just failed.
    init(_ call: String, _ path: String, _ number: Int32 = errno) {
        self.call = call
        self.path = path
        self.number = number
    }

    var description: String { "\(call) \(path): \(String(cString: strerror(number)))" }
}
