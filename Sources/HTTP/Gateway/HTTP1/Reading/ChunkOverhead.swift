import NIOHTTP1

/// Bounds the bytes of a chunked body that are no content: every chunk may cost 16 bytes and twice its size, all of
/// them together 16 KiB more. Without that, extensions make the gateway read for ever without getting anything.
struct ChunkOverhead {
    private var excess = 0

    /// Counts the line before a chunk.
    mutating func count(line: Int, size: Int) throws(HTTPParserError) {
        let allowance = 16 + 2 * min(size, Self.lineBytes)
        excess = max(0, excess + line - allowance)
        guard excess <= Self.mostExcess else { throw .invalidChunkSize }
    }

    /// The longest line before a chunk.
    static var lineBytes: Int { 4 << 10 }
    private static var mostExcess: Int { 16 << 10 }
}
