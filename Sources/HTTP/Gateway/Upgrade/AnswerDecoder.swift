import NIOCore
import NIOHTTP1

/// Reads the answers of an upstream, and passes on the bytes of another protocol as they are once its connection has
/// been switched to one; not one that came right behind the answer is lost.
final class AnswerDecoder: WriteObservingByteToMessageDecoder {
    typealias InboundOut = HTTPClientResponsePart
    typealias OutboundIn = HTTPClientRequestPart

    private let decoder: HTTPResponseDecoder
    private let connection: UpstreamConnection

    init(_ decoder: HTTPResponseDecoder, for connection: UpstreamConnection) {
        self.decoder = decoder
        self.connection = connection
    }

    func decoderAdded(context: ChannelHandlerContext) { decoder.decoderAdded(context: context) }

    func decoderRemoved(context: ChannelHandlerContext) { decoder.decoderRemoved(context: context) }

    func write(data: HTTPClientRequestPart) { decoder.write(data: data) }

    func decode(context: ChannelHandlerContext, buffer: inout ByteBuffer) throws -> DecodingState {
        if !connection.isTunnel {
            let state = try decoder.decode(context: context, buffer: &buffer)
            guard connection.isTunnel else { return state }
        }
        pass(&buffer)
        return .needMoreData
    }

    func decodeLast(
        context: ChannelHandlerContext, buffer: inout ByteBuffer, seenEOF: Bool
    ) throws -> DecodingState {
        guard connection.isTunnel else {
            return try decoder.decodeLast(context: context, buffer: &buffer, seenEOF: seenEOF)
        }
        pass(&buffer)
        return .needMoreData
    }

    private func pass(_ buffer: inout ByteBuffer) {
        guard let bytes = buffer.readSlice(length: buffer.readableBytes), bytes.readableBytes > 0 else { return }
        connection.receive(bytes)
    }
}
