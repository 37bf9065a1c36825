import NIOCore

/// Stands between the network and the frame parser of an HTTP/2 connection.
///
/// It sees which errors the parser tells the client of: the error that the pipeline is told does not say whether it
/// ended a stream or the connection. Once shut, it throws away what still comes: a connection that is closed while
/// bytes wait to be read is reset, and the client never sees the GOAWAY that told it why.
final class HTTP2Wire: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = IOData

    /// The client has been told of an error that ends the connection.
    private(set) var hasToldError = false
    /// The client has been told of an error that ends a stream.
    var hasToldReset = false
    private var isShut = false
    /// What is still to come of the payload of the frame that is being written.
    private var payloadLeft = 0

    /// Lets nothing in from now on.
    func shut() {
        isShut = true
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if !isShut { context.fireChannelRead(data) }
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        if case .byteBuffer(let bytes) = unwrapOutboundIn(data) { follow(bytes) }
        context.write(data, promise: promise)
    }

    /// Follows the frames as they are written: a header of nine bytes, then the payload (RFC 9113 section 4.1).
    private func follow(_ bytes: ByteBuffer) {
        var index = bytes.readerIndex
        while index < bytes.writerIndex {
            if payloadLeft > 0 {
                let count = min(payloadLeft, bytes.writerIndex - index)
                payloadLeft -= count
                index += count
                continue
            }
            // The parser writes headers whole.
            guard let start = bytes.getInteger(at: index, as: UInt32.self) else { return }
            payloadLeft = Int(start >> 8)
            index += Self.headerLength
            switch UInt8(truncatingIfNeeded: start) {
            case Self.resetStream: hasToldReset = true
            case Self.goAway: hasToldError = hasToldError || bytes.getInteger(at: index + 4, as: UInt32.self) != 0
            default: break
            }
        }
    }

    private static var headerLength: Int { 9 }
    private static var resetStream: UInt8 { 3 }
    private static var goAway: UInt8 { 7 }
}
