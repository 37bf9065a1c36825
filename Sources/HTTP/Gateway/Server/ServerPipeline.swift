import NIOCore
import NIOHTTP1

/// The handlers of a client's connection, in one place: TLS and HTTP/2 go in here.
enum ServerPipeline {
    /// Puts the handlers in. The connection frames its answers itself; requests of a pipeline come one at a time.
    static func install(on channel: any Channel, loop: GatewayLoop) throws {
        var encoding = HTTPResponseEncoder.Configuration()
        encoding.automaticallySetFramingHeaders = false
        let decoder = HTTPRequestDecoder(
            leftOverBytesStrategy: .dropBytes, informationalResponseStrategy: .drop,
            limitConfiguration: NIOHTTPDecoderLimitConfiguration(loop.configuration.limits))
        let pipeline = channel.pipeline.syncOperations
        try pipeline.addHandler(HTTPResponseEncoder(configuration: encoding))
        try pipeline.addHandler(ByteToMessageHandler(decoder))
        try pipeline.addHandler(HTTPServerPipelineHandler())
        try pipeline.addHandler(HTTP1Connection(loop: loop))
    }
}
