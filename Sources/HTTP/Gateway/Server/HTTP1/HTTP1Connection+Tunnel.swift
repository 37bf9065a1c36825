import IdempotencyHTTP
import NIOCore
import NIOHTTP1

extension HTTP1Connection: SwitchableClient {
    /// The connection itself, if all of the present request is here.
    var switchable: (any SwitchableClient)? {
        context != nil && answer == .due && isRequestWhole ? self : nil
    }

    /// Sends the answer that switches to another protocol; all that came behind the request, and all that will come,
    /// goes to `tunnel` from here on.
    func switchProtocols(_ headers: Headers, to tunnel: Tunnel) {
        guard let context else { return }
        answer = .begun
        handOver(to: tunnel)
        isTunnel = true
        try? context.channel.syncOptions?.setOption(.allowRemoteHalfClosure, value: true)
        outbox.begin(AnswerHead(status: .switchingProtocols, headers: headers))
        outbox.flush(on: context)
        let early = input.takeRest()
        if early.readableBytes > 0 { tunnel.receive(early) }
        tunnel.readCompleted()
        if input.resumes() { read(context: context) }
    }

    func finish() {
        guard let context else { return }
        outbox.flush(on: context)
        context.close(mode: .output, promise: nil)
    }
}
