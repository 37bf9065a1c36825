import NIOCore
import NIOHTTP1

extension HTTP1Connection: SwitchableClient {
    /// The connection itself, if all of the present request is here, and all that came behind it.
    var switchable: (any SwitchableClient)? {
        context != nil && answer == .due && isRequestWhole && beyond.isWhole ? self : nil
    }

    /// Sends the answer that switches to another protocol; all that comes goes to `tunnel` from here on.
    ///
    /// The handlers of HTTP/1 stay: a body without framing is sent as it is, and what follows the last request is
    /// passed on as it is. Only the one that holds back what follows an unanswered request has to go.
    func switchProtocols(_ headers: HTTPHeaders, to tunnel: Tunnel) {
        guard let context else { return }
        answer = .begun
        handOver(to: tunnel)
        let pipeline = context.pipeline.syncOperations
        if let gate = try? pipeline.context(handlerType: HTTPServerPipelineHandler.self) {
            pipeline.removeHandler(context: gate, promise: nil)
        }
        try? context.channel.syncOptions?.setOption(.allowRemoteHalfClosure, value: true)
        let head = HTTPResponseHead(version: .http1_1, status: .switchingProtocols, headers: headers)
        context.writeAndFlush(wrapOutboundOut(.head(head)), promise: nil)
        beyond.passOn { [weak tunnel] bytes in tunnel?.receive(bytes) }
        tunnel.readCompleted()
        // In a drain the handler that is gone has swallowed the read that was due.
        context.channel.read()
    }

    func finish() {
        context?.flush()
        context?.close(mode: .output, promise: nil)
    }

    func closeAfterSending() {
        guard let context, context.channel.isActive else { return close() }
        let nothing = wrapOutboundOut(.body(.byteBuffer(ByteBuffer())))
        context.writeAndFlush(nothing).assumeIsolated().whenComplete { _ in self.close() }
    }
}
