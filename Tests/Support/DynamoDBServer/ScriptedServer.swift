import AsyncHTTPClient
package import NIOCore
package import NIOHTTP1
import NIOPosix
import NIOSSL
import Synchronization

/// A server that plays DynamoDB's bad days: it hands calls on to a real one, unless the script says otherwise.
package final class ScriptedServer: Sendable {
    /// What is done with one call.
    package enum Step: Sendable {
        /// Hands it on, and answers what comes back.
        case pass
        /// Hands it on, and closes the connection instead of answering.
        case loseAnswer
        /// Closes the connection without handing it on.
        case loseRequest
        /// Hands it on, and changes the checksum of the answer.
        case mangle
        /// Hands it on and never answers.
        case swallow
        /// Waits, then hands it on.
        case delay(TimeAmount)
        /// Hands it on as soon as this has happened.
        case passAfter(EventLoopFuture<Void>)
        /// Hands it on, and answers this instead.
        case passThenAnswer(Canned)
        /// Answers this.
        case answer(Canned)
    }

    /// An answer that was made up.
    package struct Canned: Sendable {
        package var status: Int
        package var body: String
        package var headers: [(String, String)]

        package init(_ status: Int, _ body: String, headers: [(String, String)] = []) {
            self.status = status
            self.body = body
            self.headers = headers
        }

        /// A refusal as DynamoDB writes it.
        package static func failure(_ name: String, _ text: String = "", status: Int = 400) -> Canned {
            Canned(
                status, "{\"__type\":\"com.amazonaws.dynamodb.v20120810#\(name)\",\"message\":\"\(text)\"}")
        }
    }

    /// A call that came.
    package struct Call: Sendable {
        package let method: HTTPMethod
        package let path: String
        /// `PutItem` and so on; empty for what is no call of DynamoDB.
        package let operation: String
        package let headers: HTTPHeaders
        package let body: String
    }

    private struct State {
        var script: [String: [Step]] = [:]
        var calls: [Call] = []
        var answers: [String: Canned] = [:]
    }

    /// Where it listens.
    package let port: Int
    private let channel: any Channel
    private let state: Mutex<State>
    let base: String?
    let http: HTTPClient

    private init(_ channel: any Channel, _ state: Handle, base: String?, http: HTTPClient) {
        self.channel = channel
        port = channel.localAddress?.port ?? 0
        self.state = Mutex(State())
        self.base = base
        self.http = http
        state.server.withLock { $0 = self }
    }

    /// What the handlers of connections find the server by.
    final class Handle: Sendable {
        let server = Mutex<ScriptedServer?>(nil)
    }

    /// Starts one.
    ///
    /// - Parameters:
    ///   - port: That of the real server that calls are handed on to, or `nil` for none.
    ///   - identity: The files of a certificate and its key, for a server that speaks TLS.
    package static func start(
        to port: Int?, identity: (certificate: String, key: String)? = nil
    ) async throws -> ScriptedServer {
        let handle = Handle()
        let tls = try identity.map { identity in
            try NIOSSLContext(
                configuration: .makeServerConfiguration(
                    certificateChain: try NIOSSLCertificate.fromPEMFile(identity.certificate).map { .certificate($0) },
                    privateKey: .privateKey(try NIOSSLPrivateKey(file: identity.key, format: .pem))))
        }
        let channel = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .serverChannelOption(.backlog, value: 256)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let pipeline = channel.pipeline.syncOperations
                    if let tls { try pipeline.addHandler(NIOSSLServerHandler(context: tls)) }
                    try pipeline.configureHTTPServerPipeline()
                    try pipeline.addHandler(ScriptedHandler(handle))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        return ScriptedServer(
            channel, handle, base: port.map { "http://127.0.0.1:\($0)" }, http: HTTPClient.shared)
    }

    package func stop() async throws {
        try await channel.close()
    }

    /// What happens to the next calls of an operation, one after the other; the rest is handed on.
    package func script(_ operation: String, _ steps: Step...) {
        state.withLock { $0.script[operation, default: []] += steps }
    }

    /// Forgets what was to happen.
    package func clear() {
        state.withLock { $0.script = [:] }
    }

    /// What is always answered under a path, whatever the script says.
    package func answer(_ path: String, _ answer: Canned) {
        state.withLock { $0.answers[path] = answer }
    }

    /// The calls that came, in order.
    package var calls: [Call] { state.withLock { $0.calls } }

    /// How many calls of an operation came.
    package func count(_ operation: String) -> Int { calls.count { $0.operation == operation } }

    /// Notes a call and tells what to do with it.
    func take(_ call: Call) -> Step {
        state.withLock { state in
            state.calls.append(call)
            if let answer = state.answers[call.path] { return .answer(answer) }
            guard let steps = state.script[call.operation], !steps.isEmpty else {
                return base == nil ? .answer(.failure("ResourceNotFoundException")) : .pass
            }
            state.script[call.operation] = Array(steps.dropFirst())
            return steps[0]
        }
    }
}
