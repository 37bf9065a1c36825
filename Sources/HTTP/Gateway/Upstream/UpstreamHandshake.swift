import NIOCore
import NIOTLS

/// Waits for the end of a TLS handshake, so that a connection counts as made only when the upstream has been verified.
final class UpstreamHandshake: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer

    /// Why there was no handshake.
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    private let promise: EventLoopPromise<Void>
    private let deadline: NIODeadline
    private var timeout: Scheduled<Void>?

    init(on eventLoop: any EventLoop, until deadline: NIODeadline) {
        promise = eventLoop.makePromise()
        self.deadline = deadline
    }

    /// Completes with the channel when the handshake has; the channel is closed when it fails.
    static func completion(on channel: any Channel) -> EventLoopFuture<any Channel> {
        let handshake: UpstreamHandshake
        do {
            handshake = try channel.pipeline.syncOperations.handler(type: UpstreamHandshake.self)
        } catch {
            return channel.eventLoop.makeFailedFuture(error)
        }
        let done = handshake.promise.futureResult.map { channel }
        done.whenFailure { _ in channel.close(mode: .all, promise: nil) }
        return done
    }

    func handlerAdded(context: ChannelHandlerContext) {
        let promise = promise
        timeout = context.eventLoop.scheduleTask(deadline: deadline) {
            promise.fail(Failure(description: "the TLS handshake took too long"))
        }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        timeout?.cancel()
        promise.fail(Failure(description: "the connection ended before TLS was set up"))
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case TLSUserEvent.handshakeCompleted? = event as? TLSUserEvent {
            timeout?.cancel()
            promise.succeed(())
        }
        context.fireUserInboundEventTriggered(event)
    }

    func channelInactive(context: ChannelHandlerContext) {
        promise.fail(Failure(description: "the upstream ended the connection during the TLS handshake"))
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        promise.fail(error)
        context.fireErrorCaught(error)
    }
}
