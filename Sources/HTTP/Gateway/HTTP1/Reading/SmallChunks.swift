import NIOCore

/// Puts small chunks together, so that a body of one-byte chunks costs what another body costs.
struct SmallChunks {
    private var gathered = ByteBuffer()

    /// Adds a chunk; gives back what there is to pass on now.
    mutating func add(_ piece: ByteBuffer) -> ByteBuffer? {
        var piece = piece
        if gathered.readableBytes == 0, piece.readableBytes >= Self.small { return piece }
        gathered.writeBuffer(&piece)
        return gathered.readableBytes >= Self.enough ? take() : nil
    }

    /// All that was gathered.
    mutating func take() -> ByteBuffer? {
        guard gathered.readableBytes > 0 else { return nil }
        defer { gathered = ByteBuffer() }
        return gathered
    }

    private static var small: Int { 512 }
    private static var enough: Int { 16 << 10 }
}
