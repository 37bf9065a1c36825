import NIOCore
import NIOPosix
import NIOSSL
import NIOTLS

/// How connections to upstreams are made: TCP, and TLS where the URL says so.
struct UpstreamTransport: Sendable {
    let limits: GatewayLimits
    /// What `https` upstreams are spoken to with.
    let context: NIOSSLContext?
    /// The name to ask for and to verify, instead of the host of the URL.
    let serverName: String?

    /// Connects, and completes TLS, before `time` is over. Nothing of a request has been sent then.
    ///
    /// - Parameter connection: Made on the event loop; gets the exchanges.
    func connect(
        to address: UpstreamAddress, within time: TimeAmount, on eventLoop: any EventLoop,
        connection: @escaping @Sendable () -> UpstreamConnection
    ) -> EventLoopFuture<any Channel> {
        let deadline = NIODeadline.now() + time
        let transport = self
        return ClientBootstrap(group: eventLoop)
            .connectTimeout(time)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    if address.origin.isSecure { try transport.installTLS(on: channel, for: address, until: deadline) }
                    try channel.pipeline.syncOperations.addHandler(connection())
                }
            }
            .connect(to: address.socket)
            .flatMap { channel in
                guard address.origin.isSecure else { return channel.eventLoop.makeSucceededFuture(channel) }
                return UpstreamHandshake.completion(on: channel)
            }
    }

    private func installTLS(on channel: any Channel, for address: UpstreamAddress, until deadline: NIODeadline) throws {
        guard let context else { throw UpstreamHandshake.Failure(description: "TLS is not set up") }
        let pipeline = channel.pipeline.syncOperations
        try pipeline.addHandler(NIOSSLClientHandler(context: context, serverHostname: name(for: address.origin)))
        try pipeline.addHandler(UpstreamHandshake(on: channel.eventLoop, until: deadline))
    }

    /// The name that the certificate must be made out to; `nil` for an address, which is verified as such.
    private func name(for origin: Origin) -> String? {
        if let serverName { return serverName }
        return HostResolver.literal(origin.host, port: origin.port) == nil ? origin.host : nil
    }
}
