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
        let whole = seen([bytes]) { RequestDecoder(limits: GatewayLimits()) }
        let pieces = seen(bytes.map { [$0] }) { RequestDecoder(limits: GatewayLimits()) }
        // Of a body that is refused in its middle, more may have been passed on when it came in pieces.
        guard whole.requests.filter(\.isWhole) == pieces.requests.filter(\.isWhole), whole.isRefused == pieces.isRefused
        else {
            throw .init("cut into bytes it is another request: \(bytes)")
        }
        guard let request = whole.requests.first, request.isWhole, !request.isFlawed,
            whole.heads.first.map(isOrdinary) == true
        else { return }
        let reference = seen([bytes]) { HTTPRequestDecoder(leftOverBytesStrategy: .dropBytes) }
        guard let other = reference.requests.first, other.isWhole else {
            throw .init("another parser sees no whole request: \(bytes)")
        }
        guard other == request else { throw .init("another parser sees \(other), not \(request): \(bytes)") }
    }

    /// Whether the other parser knows the method, and may go on after it.
    private static func isOrdinary(_ head: HTTPRequestHead) -> Bool {
        guard FramingCheck.flaw(in: head) == nil, !head.headers.contains(name: "upgrade") else { return false }
        return [.GET, .PUT, .POST, .PATCH, .DELETE, .HEAD, .OPTIONS].contains(head.method)
    }

    /// What a decoder makes of bytes that come in these pieces.
    static func seen<Decoder: ByteToMessageDecoder>(
        _ pieces: [[UInt8]], by decoder: () -> Decoder
    ) -> (requests: [Seen], heads: [HTTPRequestHead], isRefused: Bool)
    where Decoder.InboundOut == HTTPServerRequestPart {
        let channel = EmbeddedChannel(handler: ByteToMessageHandler(decoder()))
        var isRefused = false
        for piece in pieces {
            do { try channel.writeInbound(ByteBuffer(bytes: piece)) } catch { isRefused = true }
            if isRefused { break }
        }
        var requests: [Seen] = []
        var heads: [HTTPRequestHead] = []
        while let part = try? channel.readInbound(as: HTTPServerRequestPart.self) {
            switch part {
            case .head(let head):
                heads.append(head)
                var seen = Seen()
                seen.line = "\(head.method.rawValue) \(head.uri) \(head.version)"
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
        _ = try? channel.finish(acceptAlreadyClosed: true)
        return (requests, heads, isRefused)
    }

    private static func trimmed(_ value: String) -> String {
        var rest = value.utf8[...]
        while let last = rest.last, last == 0x20 || last == 0x09 { rest.removeLast() }
        return String(Substring(rest))
    }
}
