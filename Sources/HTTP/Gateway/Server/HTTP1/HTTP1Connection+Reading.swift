import NIOCore
import NIOHTTP1

extension HTTP1Connection {
    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        peer = ClientPeer(context.channel)
        loop.opened(self)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
        loop.closed(self)
        loseClient()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let bytes = unwrapInboundIn(data)
        if isTunnel { return work?.receive(bytes) ?? () }
        guard !input.isBroken else { return discardable == nil ? close() : discard(bytes.readableBytes) }
        input.append(bytes)
        takeRequests()
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        work?.readCompleted()
    }

    func read(context: ChannelHandlerContext) {
        if input.takesMore(), reading.mayRead() { context.read() }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        let isWritable = context.channel.isWritable
        let stall = loop.times.stall
        stallDeadline = isWritable ? .distantFuture : .now() + stall
        if isWritable, isBehind {
            isBehind = false
            if !closesAfterAnswer { goOn(context) }
        }
        work?.clientWritabilityChanged(isWritable: isWritable)
    }

    func channelInactive(context: ChannelHandlerContext) {
        loseClient()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event as? ChannelEvent == .inputClosed { work?.clientFinished() }
        context.fireUserInboundEventTriggered(event)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        close()
    }

    /// Whether the next part may be taken out of what has come: one of the present request, or the header of a further
    /// one when the present one is answered.
    private var mayTakePart: Bool {
        if context == nil { return false }
        return !requestComplete || answer == .complete && !closesAfterAnswer && !isBehind
    }

    /// Takes requests out of what has come. An answer that is given at once lets the next request be taken in the same
    /// loop, so that the depth of the stack does not grow with their number.
    func takeRequests() {
        guard input.begin() else { return }
        defer { input.end() }
        while mayTakePart {
            do throws(HTTPParserError) {
                guard let part = try input.next() else { return }
                take(part)
            } catch {
                return refuse(error)
            }
        }
    }

    private func take(_ part: RequestPart) {
        switch part {
        case .head(let head): begin(head)
        case .body(let body):
            discard(body.readableBytes)
            pace?.received(body.readableBytes)
            work?.receive(body)
        case .end(let trailers): endRequest(trailers: trailers)
        }
    }

    private func refuse(_ flaw: HTTPParserError) {
        guard let context, context.channel.isActive, discardable == nil else { return close() }
        if answer == .complete {
            // The header itself could not be read: answer as to a request that says nothing of itself.
            request = RequestLine(IncomingRequest("GET", "/"))
            answer = .due
        }
        // Whatever else comes belongs to this request, as far as anyone can tell.
        requestComplete = false
        switch flaw {
        case .headerOverflow: refuse(.requestHeaderFieldsTooLarge, "The header of the request is too large.")
        case .invalidURL: refuse(.uriTooLong, "The request line is too long.")
        default: refuse(.badRequest, flaw.detail)
        }
    }
}

extension HTTPParserError {
    /// What is wrong with a request, for its sender.
    fileprivate var detail: String {
        switch self {
        case .lfExpected: "A line does not end with CRLF."
        case .invalidMethod: "The method is malformed."
        case .invalidConstant: "The request target has a forbidden character."
        case .invalidVersion: "The HTTP version is not 1.1 or 1.0, or the request line is malformed."
        case .invalidHeaderToken: "A header line is malformed."
        case .invalidCharactersUsed: "A header value is not UTF-8."
        case .invalidContentLength: "Content-Length is no number."
        case .unexpectedContentLength: "Content-Length comes twice, or together with Transfer-Encoding."
        case .strictModeAssertion: "Transfer-Encoding is not exactly chunked, or not in HTTP/1.1."
        case .invalidChunkSize: "A chunk of the body is malformed."
        default: "The request is not well-formed HTTP/1.1."
        }
    }
}
