import IdempotencyHTTP
import NIOCore
import NIOHTTP1

/// What is to be sent on an HTTP/1 connection, put together so that a usual message is one write.
///
/// Large bodies are not copied: they go to the channel as they are, in their turn.
struct Outbox {
    private var bytes = ByteBuffer()
    private var isChunked = false

    /// Begins a request, whose header says whether its body is chunked.
    mutating func begin(_ head: RequestHead) {
        isChunked = head.headers.contains("Transfer-Encoding")
        makeRoom()
        HeadWriter.write(head, into: &bytes)
    }

    /// Begins an answer, whose header says whether its body is chunked; an interim answer is no message of its own.
    mutating func begin(_ head: AnswerHead) {
        isChunked = head.headers.contains("Transfer-Encoding")
        makeRoom()
        HeadWriter.write(head, into: &bytes)
    }

    /// Adds a piece of the body; `promise` is kept when it was written, or never will be.
    mutating func add(_ body: ByteBuffer, promise: EventLoopPromise<Void>? = nil, on context: ChannelHandlerContext) {
        if isChunked { bytes.writeString(String(body.readableBytes, radix: 16) + "\r\n") }
        if body.readableBytes > Self.copied || promise != nil {
            pass(to: context)
            context.write(NIOAny(body), promise: promise)
        } else {
            bytes.writeImmutableBuffer(body)
        }
        if isChunked { bytes.writeStaticString("\r\n") }
        if bytes.readableBytes > Self.enough { pass(to: context) }
    }

    /// Ends the message.
    mutating func end(trailers: Headers?) {
        guard isChunked else { return }
        bytes.writeStaticString("0\r\n")
        HeadWriter.write(trailers ?? [:], into: &bytes)
    }

    /// What is added from here on belongs to no message, and goes out as it is.
    mutating func endFraming() {
        isChunked = false
    }

    /// Hands all of it to the network.
    ///
    /// - Parameter promise: Kept when that is done, or failed.
    mutating func flush(on context: ChannelHandlerContext, promise: EventLoopPromise<Void>? = nil) {
        if bytes.readableBytes > 0 || promise != nil {
            let piece = take()
            context.write(NIOAny(piece), promise: promise)
        }
        context.flush()
    }

    private mutating func pass(to context: ChannelHandlerContext) {
        guard bytes.readableBytes > 0 else { return }
        let piece = take()
        context.write(NIOAny(piece), promise: nil)
    }

    private mutating func take() -> ByteBuffer {
        var taken = ByteBuffer()
        swap(&taken, &bytes)
        return taken
    }

    private mutating func makeRoom() {
        if bytes.readableBytes == 0 { bytes = ByteBufferAllocator().buffer(capacity: Self.usual) }
    }

    /// Bodies up to this size are copied behind their header; larger ones are a piece of their own.
    private static var copied: Int { 8 << 10 }
    /// With so much put together it goes to the channel, so that its own bounds on what waits count.
    private static var enough: Int { 16 << 10 }
    /// What a usual message takes.
    private static var usual: Int { 1 << 10 }
}
