import NIOCore
import NIOHTTP1

/// Finds the lines of HTTP/1 messages, each of which ends with CRLF and nothing else (RFC 9112 section 2.2).
struct LineReader {
    /// How many bytes of the present line were looked at before.
    private var scanned = 0

    /// The length of the line at the beginning of `buffer` without its CRLF, or `nil` if not all of it is here.
    ///
    /// - Parameters:
    ///   - limit: How long the line may be, in bytes.
    ///   - overflow: What is thrown when it is longer.
    mutating func length(
        in buffer: ByteBuffer, limit: Int, overflow: HTTPParserError
    ) throws(HTTPParserError) -> Int? {
        let (end, isWhole) = buffer.readableBytesView.lineEnd(from: scanned)
        guard end <= limit else { throw overflow }
        guard let isWhole else {
            scanned = buffer.readableBytes
            return nil
        }
        guard isWhole else { throw .lfExpected }
        scanned = 0
        return end
    }
}
