import IdempotencyHTTP
import NIOCore
import NIOEmbedded
import NIOHTTP1

@testable import IdempotencyGateway

/// A request that the gateway takes is the same however its bytes are cut up, and the same for the parser of the
/// channel handlers (llhttp): two parsers that have nothing in common agree.
enum RequestProperty {
    /// The first request on a connection.
    struct Seen: Equatable {
        var line = ""
        var fields: [String] = []
        var body: [UInt8] = []
        var isWhole = false
        /// The trailers are such as the gateway refuses.
        var isFlawed = false
    }

    static func check(_ bytes: [UInt8]) throws(FuzzProperty.Violation) {
        let whole = seen([bytes])
        let pieces = seen(bytes.map { [$0] })
        // Of a body that is refused in its middle, more may have been passed on when it came in pieces.
        guard whole.requests.filter(\.isWhole) == pieces.requests.filter(\.isWhole), whole.isRefused == pieces.isRefused
        else {
            throw .init("cut into bytes it is another request: \(bytes)")
        }
        guard let request = whole.requests.first, request.isWhole, !request.isFlawed,
            whole.heads.first.map(isOrdinary) == true
        else { return }
        guard let other = seenByAnother(bytes).requests.first, other.isWhole else {
            throw .init("another parser sees no whole request: \(bytes)")
        }
        guard other == request else { throw .init("another parser sees \(other), not \(request): \(bytes)") }
    }

    /// Whether the other parser knows the method, and may go on after it.
    private static func isOrdinary(_ request: IncomingRequest) -> Bool {
        guard FramingCheck.flaw(in: request) == nil, !request.head.headers.contains("Upgrade") else { return false }
        return ["GET", "PUT", "POST", "PATCH", "DELETE", "HEAD", "OPTIONS"].contains(request.head.method)
    }

    /// What the gateway's parser makes of bytes that come in these pieces.
    static func seen(
        _ pieces: [[UInt8]], limits: GatewayLimits = GatewayLimits()
    ) -> (requests: [Seen], heads: [IncomingRequest], isRefused: Bool) {
        var decoder = RequestDecoder(limits: limits)
        var input = ByteBuffer()
        var parts: [RequestPart] = []
        for piece in pieces {
            input.writeBytes(piece)
            do throws(HTTPParserError) {
                while let part = try decoder.next(&input) { parts.append(part) }
            } catch {
                let (requests, heads) = requests(in: parts)
                return (requests, heads, true)
            }
        }
        let (requests, heads) = requests(in: parts)
        return (requests, heads, false)
    }

    private static func seenByAnother(_ bytes: [UInt8]) -> (requests: [Seen], heads: [IncomingRequest]) {
        let decoder = HTTPRequestDecoder(leftOverBytesStrategy: .dropBytes)
        let channel = EmbeddedChannel(handler: ByteToMessageHandler(decoder))
        _ = try? channel.writeInbound(ByteBuffer(bytes: bytes))
        var parts: [RequestPart] = []
        while let part = try? channel.readInbound(as: HTTPServerRequestPart.self) { parts.append(own(part)) }
        _ = try? channel.finish(acceptAlreadyClosed: true)
        return requests(in: parts)
    }

    /// A part as the other parser gives it.
    private static func own(_ part: HTTPServerRequestPart) -> RequestPart {
        let headers = { (lines: HTTPHeaders) in Headers(lines.map { HeaderField($0.name, $0.value) }) }
        switch part {
        case .head(let head):
            return .head(
                IncomingRequest(head.method.rawValue, head.uri, headers(head.headers), version: head.version))
        case .body(let body): return .body(body)
        case .end(let trailers): return .end(trailers.map(headers))
        }
    }

    private static func requests(in parts: [RequestPart]) -> ([Seen], [IncomingRequest]) {
        var requests: [Seen] = []
        var heads: [IncomingRequest] = []
        for part in parts {
            switch part {
            case .head(let request):
                heads.append(request)
                let head = request.head
                var seen = Seen()
                seen.line = "\(head.method) \(head.target) \(request.version)"
                // The other parser leaves white space behind a value.
                seen.fields = head.headers.map { "\($0.name): \(trimmed($0.value))" }
                requests.append(seen)
            case .body(let body): requests[requests.count - 1].body += Array(buffer: body)
            case .end(let trailers):
                requests[requests.count - 1].isWhole = true
                let flaw = trailers.flatMap { FramingCheck.flaw(inTrailers: $0, significant: []) }
                requests[requests.count - 1].isFlawed = flaw != nil
                let lines = trailers?.map { "\($0.name): \(trimmed($0.value))" } ?? []
                requests[requests.count - 1].fields += lines
            }
        }
        return (requests, heads)
    }

    private static func trimmed(_ value: String) -> String {
        var rest = value.utf8[...]
        while let last = rest.last, last == 0x20 || last == 0x09 { rest.removeLast() }
        return String(Substring(rest))
    }
}
