import HummingbirdCore
import NIOCore

/// A connection that was accepted and that nobody serves yet. One that never is, because the listener stops, is closed.
final class WaitingConnection: ServerChildChannelValue {
    let channel: any Channel

    /// Holds back what comes; called on the event loop of the channel.
    init(_ channel: any Channel) throws {
        self.channel = channel
        try channel.syncOptions?.setOption(.autoRead, value: false)
        try channel.pipeline.syncOperations.addHandler(Door())
    }

    deinit {
        // Whoever serves it has taken the door out, and sees to its end.
        channel.pipeline.fireUserInboundEventTriggered(Door.Abandoned())
    }

    /// Lets in what came meanwhile, behind `install`, which puts the handlers in that are to get it.
    func open<Result: Sendable>(
        _ install: @escaping @Sendable (any Channel) -> EventLoopFuture<Result>
    ) async throws -> Result {
        let channel = channel
        return try await channel.eventLoop.flatSubmit {
            // Nothing may fail once the result is there: it would go away unserved.
            install(channel).map { result in
                let pipeline = channel.pipeline.syncOperations
                if let door = try? pipeline.handler(type: Door.self) { pipeline.removeHandler(door, promise: nil) }
                try? channel.syncOptions?.setOption(.autoRead, value: true)
                return result
            }
        }.get()
    }

    /// The only handler of a connection that waits. It closes it when the listener stops.
    private final class Door: ChannelInboundHandler, RemovableChannelHandler {
        /// Nobody will serve the connection.
        struct Abandoned {}

        typealias InboundIn = ByteBuffer
        typealias InboundOut = ByteBuffer

        private var held: [ByteBuffer] = []
        private var isInputClosed = false

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            held.append(unwrapInboundIn(data))
        }

        func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
            switch event {
            case is Abandoned, is ChannelShouldQuiesceEvent: context.close(promise: nil)
            case ChannelEvent.inputClosed: isInputClosed = true
            default: context.fireUserInboundEventTriggered(event)
            }
        }

        func handlerRemoved(context: ChannelHandlerContext) {
            guard context.channel.isActive else { return }
            for bytes in held { context.fireChannelRead(wrapInboundOut(bytes)) }
            if !held.isEmpty { context.fireChannelReadComplete() }
            if isInputClosed { context.fireUserInboundEventTriggered(ChannelEvent.inputClosed) }
        }
    }
}
