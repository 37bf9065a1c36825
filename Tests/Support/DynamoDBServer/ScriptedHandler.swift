import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import Synchronization

/// One connection to the scripted server: takes a call, does what the script says.
final class ScriptedHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private let handle: ScriptedServer.Handle
    private var head: HTTPRequestHead?
    private var body = ByteBuffer()

    init(_ handle: ScriptedServer.Handle) {
        self.handle = handle
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            self.head = head
            body.clear()
        case .body(var part): body.writeBuffer(&part)
        case .end:
            guard let head, let server = handle.server.withLock({ $0 }) else { return context.close(promise: nil) }
            respond(to: head, server, context.channel)
        }
    }

    private func respond(to head: HTTPRequestHead, _ server: ScriptedServer, _ channel: any Channel) {
        let target = head.headers.first(name: "X-Amz-Target") ?? ""
        let call = ScriptedServer.Call(
            method: head.method, path: head.uri, operation: String(target.split(separator: ".").last ?? ""),
            headers: head.headers, body: String(buffer: body))
        switch server.take(call) {
        case .pass: forward(call, server, channel) { Self.write($0, to: channel) }
        case .loseAnswer: forward(call, server, channel) { _ in channel.close(promise: nil) }
        case .loseRequest: channel.close(promise: nil)
        case .swallow: forward(call, server, channel) { _ in }
        case .mangle:
            forward(call, server, channel) { answer in
                var answer = answer
                answer.headers.removeAll { $0.0.lowercased() == "x-amz-crc32" }
                answer.headers.append(("x-amz-crc32", "1"))
                Self.write(answer, to: channel)
            }
        case .delay(let time):
            let body = body
            channel.eventLoop.scheduleTask(in: time) {
                Self.forward(call, body, server, channel) { Self.write($0, to: channel) }
            }
        case .passAfter(let moment):
            let body = body
            moment.whenComplete { _ in Self.forward(call, body, server, channel) { Self.write($0, to: channel) } }
        case .passThenAnswer(let answer): forward(call, server, channel) { _ in Self.write(answer, to: channel) }
        case .answer(let answer): Self.write(answer, to: channel)
        }
    }

    private func forward(
        _ call: ScriptedServer.Call, _ server: ScriptedServer, _ channel: any Channel,
        then: @escaping @Sendable (ScriptedServer.Canned) -> Void
    ) {
        Self.forward(call, body, server, channel, then: then)
    }

    private static func forward(
        _ call: ScriptedServer.Call, _ body: ByteBuffer, _ server: ScriptedServer, _ channel: any Channel,
        then: @escaping @Sendable (ScriptedServer.Canned) -> Void
    ) {
        guard let base = server.base,
            let request = try? HTTPClient.Request(
                url: base + call.path, method: call.method, headers: call.headers, body: .byteBuffer(body))
        else { return channel.close(promise: nil) }
        server.http.execute(request: request).whenComplete { result in
            guard case .success(let answer) = result else { return channel.close(promise: nil) }
            then(
                ScriptedServer.Canned(
                    Int(answer.status.code), answer.body.map { String(buffer: $0) } ?? "",
                    headers: answer.headers.filter { ["date", "x-amz-crc32"].contains($0.name.lowercased()) }
                        .map { ($0.name, $0.value) }))
        }
    }

    private static func write(_ answer: ScriptedServer.Canned, to channel: any Channel) {
        var headers = HTTPHeaders(answer.headers)
        headers.replaceOrAdd(name: "Content-Length", value: "\(answer.body.utf8.count)")
        let head = HTTPResponseHead(
            version: .http1_1, status: HTTPResponseStatus(statusCode: answer.status), headers: headers)
        channel.write(HTTPServerResponsePart.head(head), promise: nil)
        channel.write(HTTPServerResponsePart.body(.byteBuffer(ByteBuffer(string: answer.body))), promise: nil)
        channel.writeAndFlush(HTTPServerResponsePart.end(nil), promise: nil)
    }
}
