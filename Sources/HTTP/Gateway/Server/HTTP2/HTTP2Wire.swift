import NIOCore

/// Stands between the network and the frame parser of an HTTP/2 connection.
///
/// It sees which errors the parser tells the client of: the error that the pipeline is told does not say whether it
/// ended a stream or the connection. It tells the client a limit on streams below the one that the parser has, and the
/// parser that its settings hold before the client has acknowledged them. Once shut, it throws away what still comes: a
/// connection that is closed while bytes wait to be read is reset, and the client never sees the GOAWAY that told it
/// why.
final class HTTP2Wire: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = IOData

    /// The client has been told of an error that ends the connection.
    private(set) var hasToldError = false
    /// The client has been told of an error that ends a stream.
    var hasToldReset = false
    private var isShut = false
    private var acknowledgement: EarlyAcknowledgement? = EarlyAcknowledgement()
    /// How many streams the client is told that it may have at a time.
    private let streams: Int
    private var hasToldSettings = false
    /// What is still to come of the payload of the frame that is being written.
    private var payloadLeft = 0

    init(streams: Int) {
        self.streams = streams
    }

    /// Lets nothing in from now on.
    func shut() {
        isShut = true
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if isShut { return }
        guard let passed = acknowledgement?.pass(unwrapInboundIn(data)) else { return context.fireChannelRead(data) }
        if acknowledgement?.isOver == true { acknowledgement = nil }
        context.fireChannelRead(NIOAny(passed))
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        guard case .byteBuffer(var bytes) = unwrapOutboundIn(data) else { return context.write(data, promise: promise) }
        follow(bytes)
        guard !hasToldSettings else { return context.write(data, promise: promise) }
        hasToldSettings = true
        tellStreams(in: &bytes)
        context.write(NIOAny(IOData.byteBuffer(bytes)), promise: promise)
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

    /// The parser ends a connection that has one stream more than the settings allow. So it is given a limit twice as
    /// high, the client is told the true one, and streams between the two are refused one by one.
    private func tellStreams(in settings: inout ByteBuffer) {
        let first = settings.readerIndex + Self.headerLength
        for index in stride(from: first, to: settings.writerIndex - Self.settingLength + 1, by: Self.settingLength)
        where settings.getInteger(at: index, as: UInt16.self) == Self.maximumStreams {
            settings.setInteger(UInt32(clamping: streams), at: index + 2)
        }
    }

    private static var headerLength: Int { 9 }
    private static var settingLength: Int { 6 }
    private static var maximumStreams: UInt16 { 3 }
    private static var resetStream: UInt8 { 3 }
    private static var goAway: UInt8 { 7 }
}
