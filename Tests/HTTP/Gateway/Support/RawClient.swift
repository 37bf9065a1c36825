import NIOCore
import NIOPosix
import NIOSSL
import Synchronization
import Testing

/// A client connection that sends exactly the bytes it is told to, and reads answers with a parser of its own.
final class RawClient: Sendable {
    /// An answer as it arrived.
    struct Answer: Sendable {
        let status: Int
        let headers: [(name: String, value: String)]
        let body: String
        /// The body as it came.
        let bytes: [UInt8]
        /// The lines behind a chunked body.
        let trailers: [String]

        subscript(name: String) -> String? { headers.first { $0.name.lowercased() == name.lowercased() }?.value }

        func count(of name: String) -> Int { headers.count { $0.name.lowercased() == name.lowercased() } }
    }

    struct Ended: Error {}

    let channel: any Channel
    private let received = Mutex([UInt8]())
    private let stream: AsyncStream<ByteBuffer>

    init(channel: any Channel, stream: AsyncStream<ByteBuffer>) {
        self.channel = channel
        self.stream = stream
    }

    /// Connects to a port of this machine.
    static func connect(to port: Int, tls: NIOSSLContext? = nil) async throws -> RawClient {
        let (stream, continuation) = AsyncStream<ByteBuffer>.makeStream()
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    if let tls {
                        let handler = try NIOSSLClientHandler(context: tls, serverHostname: "localhost")
                        try channel.pipeline.syncOperations.addHandler(handler)
                    }
                    try channel.pipeline.syncOperations.addHandler(Receiver(continuation))
                }
            }
            .connect(host: "127.0.0.1", port: port).get()
        return RawClient(channel: channel, stream: stream)
    }

    /// Sends bytes.
    func send(_ text: String) async throws {
        try await channel.writeAndFlush(ByteBuffer(string: text))
    }

    /// Sends bytes.
    func send(_ bytes: [UInt8]) async throws {
        try await channel.writeAndFlush(ByteBuffer(bytes: bytes))
    }

    /// The serial number of the certificate that the other side showed.
    func serialNumber() async throws -> [UInt8]? {
        try await channel.nioSSL_peerCertificate().map { $0?.serialNumber }.get()
    }

    /// Goes on sending when the other side has ended.
    func outlivesOtherSide() async throws {
        try await channel.setOption(.allowRemoteHalfClosure, value: true).get()
    }

    /// Sends the end, and goes on reading.
    func finish() async throws {
        try await channel.close(mode: .output)
    }

    /// Hangs up.
    func close() async {
        try? await channel.close()
    }

    /// Sends a request with a framed body and reads the answer.
    func request(
        _ method: String, _ target: String, _ headers: [(String, String)] = [], body: String? = nil
    ) async throws -> Answer {
        try await send(Self.text(method, target, headers, body: body))
        return try await answer(toHead: method == "HEAD")
    }

    /// The bytes of a request.
    static func text(
        _ method: String, _ target: String, _ headers: [(String, String)] = [], body: String? = nil
    ) -> String {
        var text = "\(method) \(target) HTTP/1.1\r\nHost: test\r\n"
        for (name, value) in headers { text += "\(name): \(value)\r\n" }
        if let body { text += "Content-Length: \(body.utf8.count)\r\n" }
        return text + "\r\n" + (body ?? "")
    }

    /// Reads the next answer, interim ones included.
    func answer(toHead: Bool = false) async throws -> Answer {
        let (status, headers) = try await head()
        let find = { (name: String) in headers.first { $0.name.lowercased() == name }?.value }
        var body: [UInt8] = []
        var trailers: [String] = []
        if status < 200 || status == 204 || status == 304 || toHead {
            // No body follows.
        } else if find("transfer-encoding") == "chunked" {
            while true {
                let size = Int(try await line(), radix: 16) ?? 0
                if size == 0 { break }
                body += try await bytes(size)
                _ = try await line()
            }
            while case let line = try await line(), !line.isEmpty { trailers.append(line) }
        } else if let length = find("content-length").flatMap({ Int($0) }) {
            body = try await bytes(length)
        } else {
            while let more = await next() { body += Array(buffer: more) }
            body =
                received.withLock { received in
                    defer { received = [] }
                    return received
                } + body
        }
        return Answer(
            status: status, headers: headers, body: String(decoding: body, as: UTF8.self), bytes: body,
            trailers: trailers)
    }

    /// Reads status and headers only.
    func head() async throws -> (Int, [(name: String, value: String)]) {
        let status = Int(try await line().split(separator: " ").dropFirst().first ?? "") ?? 0
        var headers: [(name: String, value: String)] = []
        while case let line = try await line(), !line.isEmpty {
            let parts = line.split(separator: ":", maxSplits: 1)
            headers.append((String(parts[0]), parts.count > 1 ? String(parts[1].drop { $0 == " " }) : ""))
        }
        return (status, headers)
    }

    /// Waits for the other side to close; whatever still comes is thrown away.
    func ended() async {
        while await next() != nil {}
    }

    /// Reads one line without its CRLF.
    func line() async throws -> String {
        while true {
            let line: String? = received.withLock { received in
                guard let end = received.firstIndex(of: 10) else { return nil }
                let line = String(decoding: received[..<end], as: UTF8.self)
                received.removeFirst(end + 1)
                return String(line.filter { $0 != "\r" && $0 != "\r\n" })
            }
            if let line { return line }
            try await more()
        }
    }

    /// Reads exactly that many bytes.
    func bytes(_ count: Int) async throws -> [UInt8] {
        while true {
            let bytes: [UInt8]? = received.withLock { received in
                guard received.count >= count else { return nil }
                let bytes = Array(received.prefix(count))
                received.removeFirst(count)
                return bytes
            }
            if let bytes { return bytes }
            try await more()
        }
    }

    private func more() async throws {
        guard let buffer = await next() else { throw Ended() }
        received.withLock { $0 += Array(buffer: buffer) }
    }

    private func next() async -> ByteBuffer? {
        for await buffer in stream { return buffer }
        return nil
    }

    final class Receiver: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        private let continuation: AsyncStream<ByteBuffer>.Continuation

        init(_ continuation: AsyncStream<ByteBuffer>.Continuation) { self.continuation = continuation }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            continuation.yield(unwrapInboundIn(data))
        }

        func channelInactive(context: ChannelHandlerContext) { continuation.finish() }

        func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
            if event as? ChannelEvent == .inputClosed { continuation.finish() }
            context.fireUserInboundEventTriggered(event)
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
    }
}
