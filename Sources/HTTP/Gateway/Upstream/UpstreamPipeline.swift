import NIOCore
import NIOHTTP1

/// The handlers of an upstream connection, in one place: TLS and HTTP/2 go in here.
enum UpstreamPipeline {
    /// Puts the handlers in. Framing headers are set by whoever sends the request; none is added here.
    static func install(on channel: any Channel, connection: UpstreamConnection, limits: GatewayLimits) throws {
        var encoding = HTTPRequestEncoder.Configuration()
        encoding.automaticallySetFramingHeaders = false
        let decoder = HTTPResponseDecoder(
            leftOverBytesStrategy: .dropBytes, informationalResponseStrategy: .forward,
            limitConfiguration: NIOHTTPDecoderLimitConfiguration(limits))
        let reader = AnswerDecoder(decoder, for: connection)
        let pipeline = channel.pipeline.syncOperations
        try pipeline.addHandler(HTTPRequestEncoder(configuration: encoding))
        try pipeline.addHandler(ByteToMessageHandler(reader, maximumBufferSize: 2 * limits.answerHeaderBytes))
        try pipeline.addHandler(connection)
    }
}

extension NIOHTTPDecoderLimitConfiguration {
    /// The limits on the answers' headers as configured.
    init(_ limits: GatewayLimits) {
        self.init()
        maxHeaderFieldSize = limits.answerHeaderFieldBytes
        maxHeaderListSize = limits.answerHeaderBytes
        maxHeaderFieldCount = limits.answerHeaderFields
    }
}
