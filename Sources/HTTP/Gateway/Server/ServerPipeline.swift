import NIOCore
import NIOHTTP1
import NIOHTTP2
import NIOSSL

/// The handlers of a client's connection, in one place.
enum ServerPipeline {
    /// Puts in what a new connection begins with.
    static func install(on channel: any Channel, loop: GatewayLoop) throws {
        let pipeline = channel.pipeline.syncOperations
        if let identity = loop.shared.identity {
            try pipeline.addHandler(NIOSSLServerHandler(context: identity.context))
            try pipeline.addHandler(ProtocolNegotiation(loop: loop, isSecure: true))
        } else if loop.configuration.speaksHTTP2 {
            try pipeline.addHandler(ProtocolNegotiation(loop: loop, isSecure: false))
        } else {
            try installHTTP1(
                on: channel, loop: loop, deadline: .now() + loop.times.header, caller: nil, position: .last)
        }
    }

    /// Puts the one handler of HTTP/1 in.
    ///
    /// - Parameters:
    ///   - deadline: When the header of the first request must be there.
    ///   - caller: Whom the client's certificate names.
    static func installHTTP1(
        on channel: any Channel, loop: GatewayLoop, deadline: NIODeadline, caller: String?,
        position: ChannelPipeline.SynchronousOperations.Position
    ) throws {
        let connection = HTTP1Connection(loop: loop, deadline: deadline, caller: caller)
        try channel.pipeline.syncOperations.addHandler(connection, position: position)
    }

    /// Puts the handlers of HTTP/2 in: one connection, and for every stream of it a channel with an exchange.
    static func installHTTP2(
        on channel: any Channel, loop: GatewayLoop, deadline: NIODeadline, caller: String?,
        position: ChannelPipeline.SynchronousOperations.Position
    ) throws {
        let connection = HTTP2Connection(loop: loop, deadline: deadline, caller: caller)
        let bound = NIOLoopBound(connection, eventLoop: channel.eventLoop)
        let handler = NIOHTTP2Handler(
            mode: .server, eventLoop: channel.eventLoop,
            connectionConfiguration: .init(loop.configuration.limits),
            streamConfiguration: .init(loop.configuration.limits)
        ) { stream in
            stream.eventLoop.makeCompletedFuture {
                try stream.pipeline.syncOperations.addHandler(HTTP2Exchange(on: bound.value))
            }
        }
        // The wire first: the parser sends its settings as soon as it is put in.
        try channel.pipeline.syncOperations.addHandler(connection.wire, position: position)
        try channel.pipeline.syncOperations.addHandlers([handler, connection], position: .after(connection.wire))
    }
}
