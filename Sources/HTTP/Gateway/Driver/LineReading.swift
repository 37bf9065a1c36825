import NIOCore
import NIOHTTP1

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

extension ByteBufferView {
    /// Where the first line ends.
    ///
    /// - Parameter start: How many bytes are known to have no line feed.
    /// - Returns: The number of bytes before its end; whether CRLF ends it, or `nil` if the end is not here yet.
    func lineEnd(from start: Int) -> (length: Int, isWhole: Bool?) {
        withUnsafeBytes { bytes in
            guard let base = bytes.baseAddress, start < bytes.count,
                let found = memchr(base + start, 0x0A, bytes.count - start)
            else { return (bytes.count, nil) }
            let end = UnsafeRawPointer(found) - base
            guard end > 0, bytes[end - 1] == 0x0D else { return (end, false) }
            return (end - 1, true)
        }
    }

    /// Reads all bytes at once.
    func read<Value>(
        _ parse: (UnsafeRawBufferPointer) throws(HTTPParserError) -> Value
    ) throws(HTTPParserError) -> Value {
        let result = withUnsafeBytes { bytes in
            Result { () throws(HTTPParserError) -> Value in try parse(bytes) }
        }
        return try result.get()
    }
}
