import Logging
import NIOCore
import NIOHTTP1
import NIOSSL
import NIOTLS

/// The first handler of a client's connection: finds out which version of HTTP the client speaks, puts the handlers of
/// that version in, and leaves.
///
/// With TLS the handshake tells (ALPN, RFC 7301). Without, HTTP/2 begins with a preface that no HTTP/1 request begins
/// with (RFC 9113 section 3.4): the first bytes are held until they differ from it, or are all of it.
final class ProtocolNegotiation: ChannelInboundHandler, RemovableChannelHandler, ClientConnection {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    private let loop: GatewayLoop
    private let isSecure: Bool
    private let deadline: NIODeadline
    private var context: ChannelHandlerContext?
    private var first = ByteBuffer()

    init(loop: GatewayLoop, isSecure: Bool) {
        self.loop = loop
        self.isSecure = isSecure
        deadline = .now() + loop.times.header
    }

    func tick(now: NIODeadline) {
        if now >= deadline { close() }
    }

    func drain() {
        close()
    }

    func close() {
        context?.close(promise: nil)
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        loop.opened(self)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
        loop.closed(self)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .handshakeCompleted(let agreed) = event as? TLSUserEvent {
            proceed(withHTTP2: agreed == "h2", on: context)
        } else {
            context.fireUserInboundEventTriggered(event)
        }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var bytes = unwrapInboundIn(data)
        guard !isSecure else { return }
        if first.readableBytes == 0 { first = bytes } else { first.writeBuffer(&bytes) }
        let seen = first.readableBytesView.prefix(Self.preface.count)
        guard Self.preface.starts(with: seen) else { return proceed(withHTTP2: false, on: context) }
        if seen.count == Self.preface.count { proceed(withHTTP2: true, on: context) }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        loop.shared.logger.debug(
            "a client's connection did not come about", metadata: ["idempotency.error": "\(error)"])
        close()
    }

    private func proceed(withHTTP2: Bool, on context: ChannelHandlerContext) {
        let caller = isSecure ? Self.caller(on: context.channel) : nil
        let position = ChannelPipeline.SynchronousOperations.Position.after(self)
        do {
            if withHTTP2 {
                try ServerPipeline.installHTTP2(
                    on: context.channel, loop: loop, deadline: deadline, caller: caller, position: position)
            } else {
                try ServerPipeline.installHTTP1(
                    on: context.channel, loop: loop, deadline: deadline, caller: caller, position: position)
            }
        } catch {
            return close()
        }
        if first.readableBytes > 0 {
            context.fireChannelRead(wrapInboundOut(first))
            context.fireChannelReadComplete()
        }
        context.pipeline.syncOperations.removeHandler(self, promise: nil)
    }

    /// Whom the certificate that the client has shown, and that was verified, names.
    private static func caller(on channel: any Channel) -> String? {
        guard let certificate = try? channel.pipeline.syncOperations.nioSSL_peerCertificate() else { return nil }
        return CertificateNames.digest(of: certificate)
    }

    private static let preface = Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8)
}
