import AsyncHTTPClient
import Foundation
import Hummingbird
import Logging
import NIOCore
import NIOHTTP1
import NIOPosix
import ServiceLifecycleTestKit
import Testing

@testable import PaymentsDemo

@Suite("The network of the demo") struct NetworkTests {
    @Test("It carries a request over and its answer back, without the fault header")
    func carries() async throws {
        try await withNetwork { port in
            let answer = try await send(port, "POST", "/echo?a=b", ["Demo-Network": "something else"], "hello")
            #expect(answer.status == .ok)
            #expect(answer.headers["X-Demo-Network"] == ["none"])
            #expect(answer.headers["Connection"] == ["close"])
            #expect(try await answer.text == "/echo?a=b hello")
        }
    }

    @Test("It carries answers without a body", arguments: ["HEAD", "DELETE"])
    func carriesEmptyAnswers(method: String) async throws {
        try await withNetwork { port in
            let answer = try await send(port, method, "/empty", [:], nil)
            #expect(answer.status == .noContent)
            #expect(try await answer.text == "")
        }
    }

    @Test("It loses an answer after the request was carried out") func losesAnswers() async throws {
        let calls = Recorded<String>()
        try await withNetwork(onEcho: calls.set) { port in
            await #expect(throws: HTTPClientError.remoteConnectionClosed) {
                try await send(port, "POST", "/echo", ["Demo-Network": "drop-answer"], "hello")
            }
            #expect(calls.value == "hello")
        }
    }

    @Test("A request for which nobody listens is answered with 502") func answersForNobody() async throws {
        try await withNetwork(upstream: false) { port in
            let answer = try await send(port, "GET", "/echo", [:], nil)
            #expect(answer.status == .badGateway)
        }
    }

    @Test("A body over the limit closes the connection") func limitsSize() async throws {
        try await withNetwork { port in
            let large = String(repeating: "x", count: Network.sizeLimit + 1)
            await #expect(throws: (any Error).self) { try await send(port, "POST", "/echo", [:], large) }
        }
    }

    @Test("Connections that were accepted while it stops are closed, and end nothing else")
    func stopsWithAcceptedConnections() async throws {
        let network = try await Network.bind(
            host: "127.0.0.1", port: 0, upstreamPort: 1,
            logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }))
        var connections: [any Channel] = []
        for _ in 1...20 {
            connections.append(
                try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                    .connect(host: "127.0.0.1", port: network.port).get())
        }
        try await testGracefulShutdown { trigger in
            trigger.triggerGracefulShutdown()
            try await network.run()
        }
        for connection in connections { try await connection.closeFuture.get() }
    }

    @Test("Connections that come all the while it stops end nothing else", .timeLimit(.minutes(2)))
    func stopsUnderConnections() async throws {
        for _ in 0..<50 {
            let network = try await Network.bind(
                host: "127.0.0.1", port: 0, upstreamPort: 1,
                logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }))
            try await testGracefulShutdown { trigger in
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask { try await network.run() }
                    let connections = AsyncStream.makeStream(of: Void.self)
                    for _ in 0..<4 {
                        group.addTask {
                            await connectUntilRefused(network.port) { connections.continuation.yield() }
                        }
                    }
                    for await _ in connections.stream.prefix(8) {}
                    trigger.triggerGracefulShutdown()
                    try await group.waitForAll()
                }
            }
        }
    }

    /// Opens connections and closes them, one after the other, as long as somebody listens.
    private func connectUntilRefused(_ port: Int, onConnection: () -> Void) async {
        let bootstrap = ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
        while let connection = try? await bootstrap.connect(host: "127.0.0.1", port: port).get() {
            onConnection()
            try? await connection.close()
        }
    }

    private func send(
        _ port: Int, _ method: String, _ path: String, _ headers: [String: String], _ body: String?
    ) async throws -> HTTPClientResponse {
        var request = HTTPClientRequest(url: "http://127.0.0.1:\(port)\(path)")
        request.method = HTTPMethod(rawValue: method)
        request.headers = HTTPHeaders(headers.map { ($0.key, $0.value) })
        if let body { request.body = .bytes(ByteBuffer(string: body)) }
        return try await HTTPClient.shared.execute(request, timeout: .seconds(20))
    }

    /// Runs `body` with the port of a network before a server that echoes, or before nobody.
    private func withNetwork(
        upstream: Bool = true, onEcho: @escaping @Sendable (String) -> Void = { _ in },
        _ body: @escaping @Sendable (Int) async throws -> Void
    ) async throws {
        let router = Router()
        router.post("echo") { request, _ in
            let text = String(buffer: try await request.body.collect(upTo: 1 << 22))
            onEcho(text)
            let fault = request.headers[.init("Demo-Network") ?? .expect] ?? "none"
            return Response(
                status: .ok, headers: [.init("X-Demo-Network") ?? .expect: fault],
                body: .init(byteBuffer: ByteBuffer(string: "\(request.uri.string) \(text)")))
        }
        router.on("empty", method: .head) { _, _ in Response(status: .noContent) }
        router.delete("empty") { _, _ in Response(status: .noContent) }
        var logger = Logger(label: "test")
        logger.logLevel = .critical  // the server calls it an error that the test stops it
        let (ports, continuation) = AsyncStream<Int>.makeStream()
        let server = Application(
            router: router, configuration: .init(address: .hostname("127.0.0.1", port: 0)),
            onServerRunning: { continuation.yield($0.localAddress?.port ?? 0) }, logger: logger)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await server.run() }
            let serverPort = try #require(await ports.first { _ in true })
            let network = try await Network.bind(
                host: "127.0.0.1", port: 0, upstreamPort: upstream ? serverPort : 1, logger: logger)
            group.addTask { try await network.run() }
            try await body(network.port)
            group.cancelAll()
            while let result = await group.nextResult() {
                if case .failure(let error) = result, !(error is CancellationError) { throw error }
            }
        }
    }
}

extension HTTPClientResponse {
    fileprivate var text: String {
        get async throws { String(buffer: try await body.collect(upTo: 1 << 22)) }
    }
}
