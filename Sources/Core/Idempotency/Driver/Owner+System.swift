#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

extension Owner {
    /// A new owner, drawn from the operating system.
    ///
    /// Each is asked for by itself, in one call, and none in advance: what a process had in store would be in every
    /// copy of it that is resumed from one snapshot of a virtual machine, and two attempts would be one owner.
    package static func fresh() -> Owner {
        var words: (UInt64, UInt64) = (0, 0)
        let result = withUnsafeMutableBytes(of: &words) { getentropy($0.baseAddress, $0.count) }
        precondition(result == 0, "the operating system gives no random numbers")
        return Owner(high: words.0, low: words.1)
    }
}
