import HTTPTypes
import Hummingbird
import NIOCore

/// Takes the body of an answer in: up to the limit into memory, and from there on into a stream.
final class ResponseSink: ResponseBodyWriter {
    /// What was written, as long as there is no stream.
    private(set) var collected = ByteBuffer()
    /// What followed the body.
    private(set) var trailers: HTTPFields?
    /// Where the body goes since it has outgrown the limit.
    private(set) var stream: ResponseStream?

    private let limit: Int
    private let overflow: () -> ResponseStream

    /// - Parameters:
    ///   - limit: How much is kept in memory, in bytes.
    ///   - overflow: Called once, with the first byte beyond it.
    init(limit: Int, overflow: @escaping () -> ResponseStream) {
        self.limit = limit
        self.overflow = overflow
    }

    /// The body, for the first caller.
    var body: ResponseBody {
        guard let trailers else { return ResponseBody(byteBuffer: collected) }
        return ResponseBody(contentLength: collected.readableBytes) { [collected] writer in
            try await writer.write(collected)
            try await writer.finish(trailers)
        }
    }

    func write(_ buffer: ByteBuffer) async throws {
        if let stream { return try await stream.send(buffer) }
        if collected.readableBytes + buffer.readableBytes <= limit {
            if collected.readableBytes == 0 { collected = buffer } else { collected.writeImmutableBuffer(buffer) }
            return
        }
        let stream = overflow()
        self.stream = stream
        let before = collected
        collected = ByteBuffer()
        if before.readableBytes > 0 { try await stream.send(before) }
        try await stream.send(buffer)
    }

    func finish(_ trailingHeaders: HTTPFields?) async throws {
        trailers = trailingHeaders
    }
}
