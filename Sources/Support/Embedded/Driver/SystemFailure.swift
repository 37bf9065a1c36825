#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A call to the operating system that failed.
package struct SystemFailure: Error, CustomStringConvertible {
    /// The call.
    package let call: String
    /// The file that it was about.
    package let path: String
    /// The error number.
    package let number: Int32

    /// The call that has just failed.
    package init(_ call: String, _ path: String, _ number: Int32 = errno) {
        self.call = call
        self.path = path
        self.number = number
    }

    package var description: String { "\(call) \(path): \(String(cString: strerror(number)))" }
}
