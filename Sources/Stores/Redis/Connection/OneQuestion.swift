import Idempotency
import NIOCore

/// A connection for one question: of a sentinel where the primary is, of a node who has which slots.
enum OneQuestion {
    /// Asks, and closes the connection.
    ///
    /// Called on the event loop, and calls back there, once.
    static func ask(
        _ command: [String], of address: ServerAddress, _ configuration: RedisStore.Configuration,
        _ context: StoreContext, _ completion: @escaping (Result<RESPValue, StoreError>) -> Void
    ) {
        let connector = ServerConnector(
            configuration, tls: context.tls, on: context.loop, locate: ServerConnector.fixed(address))
        let handshake = Handshake(
            .plain, configuration: configuration, scripts: context.encoding.scripts, markerKey: nil,
            watch: .none)
        let call = Call(completion)
        let address = NIOLoopBound(call, eventLoop: context.loop)
        let deadline = NIODeadline.now() + TimeAmount(configuration.connectTimeout)
        let events = PipelineHandler.Events(
            ready: { _, _ in
                call.handler?.send([
                    ServerRequest(.command(command), deadline: deadline) { result in
                        let call = address.value
                        call.finish(result)
                        call.handler?.close(ServerLink.closed)
                    }
                ])
            },
            answers: { for answer in $0 { answer.request.completion(answer.result) } },
            push: { _ in },
            closed: { call.finish(.failure($0)) })
        connector.connect(handshake, events: events) { result in
            switch result {
            case .success(let handler): call.handler = handler
            case .failure(let error): call.finish(.failure(error))
            }
        }
    }

    /// Calls back once.
    private final class Call {
        var handler: PipelineHandler?
        private var completion: ((Result<RESPValue, StoreError>) -> Void)?

        init(_ completion: @escaping (Result<RESPValue, StoreError>) -> Void) {
            self.completion = completion
        }

        func finish(_ result: Result<RESPValue, StoreError>) {
            guard let completion else { return }
            self.completion = nil
            switch result {
            case .success(.error(let text)): completion(.failure(ServerFailure(text).error))
            default: completion(result)
            }
        }
    }
}
