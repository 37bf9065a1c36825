import Logging
import NIOCore
import NIOHTTP1
import NIOPosix
import ServiceLifecycle

extension Network {
    /// The field that asks the network for a fault, and the one fault there is.
    static let faultField = "Demo-Network"
    static let dropAnswer = "drop-answer"

    /// Carries one request over and its answer back, or loses the answer if the request asks for that.
    func carry(
        from inbound: NIOAsyncChannelInboundStream<HTTPServerRequestPart>,
        to outbound: NIOAsyncChannelOutboundWriter<HTTPServerResponsePart>
    ) async throws {
        // Browsers open connections in advance; one that has asked for nothing yet must not hold up a shutdown.
        let received = try await cancelWhenGracefulShutdown {
            try await Message<HTTPRequestHead>(from: inbound, sizeLimit: Self.sizeLimit)
        }
        guard var request = received else { return }
        let losesAnswer = request.head.headers.first(name: Self.faultField) == Self.dropAnswer
        request.head.headers.remove(name: Self.faultField)
        let answer: Message<HTTPResponseHead>
        do {
            answer = try await exchange(request)
        } catch let error as NIOConnectionError {
            logger.debug("Nobody listens upstream", metadata: ["demo.error": "\(error)"])
            answer = Message(head: HTTPResponseHead(version: .http1_1, status: .badGateway))
        }
        if losesAnswer { return }
        for part in answer.parts(HTTPServerResponsePart.head, IOData.byteBuffer) { try await outbound.write(part) }
    }

    private func exchange(_ request: Message<HTTPRequestHead>) async throws -> Message<HTTPResponseHead> {
        try await connect().executeThenClose { inbound, outbound in
            for part in request.parts(HTTPClientRequestPart.head, IOData.byteBuffer) { try await outbound.write(part) }
            let answer = try await Message<HTTPResponseHead>(from: inbound, sizeLimit: Self.sizeLimit)
            guard let answer else { throw ChannelError.eof }
            return answer
        }
    }

    /// Connects, and tries again as long as nobody listens and there is patience left.
    private func connect() async throws -> NIOAsyncChannel<HTTPClientResponsePart, HTTPClientRequestPart> {
        let deadline = ContinuousClock.now + patience
        while true {
            do {
                return try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                    .connectTimeout(.seconds(5))
                    .connect(host: "127.0.0.1", port: upstreamPort) { channel in
                        channel.eventLoop.makeCompletedFuture {
                            try channel.pipeline.syncOperations.addHTTPClientHandlers()
                            return try NIOAsyncChannel(wrappingChannelSynchronously: channel)
                        }
                    }
            } catch let error as NIOConnectionError {
                guard ContinuousClock.now < deadline else { throw error }
                try await Task.sleep(for: .milliseconds(20))
            }
        }
    }
}
