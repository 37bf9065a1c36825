import IdempotencyHTTP
import NIOCore
import NIOHPACK
import NIOHTTP1
import NIOHTTP2

/// Turns headers of an answer into what HTTP/2 has instead (RFC 9113 section 8.2).
enum HTTP2Response {
    /// The field section of an answer to a request.
    static func fields(_ status: HTTPResponseStatus, _ headers: Headers) -> HPACKHeaders {
        var fields = HPACKHeaders()
        fields.reserveCapacity(headers.count + 1)
        fields.add(name: ":status", value: String(status.code))
        append(headers, to: &fields, sayingLength: status.code >= 200 && status != .noContent)
        return fields
    }

    /// The end of an answer with these trailers.
    static func end(_ trailers: Headers) -> HTTP2Frame.FramePayload {
        var fields = HPACKHeaders()
        append(trailers, to: &fields, sayingLength: false)
        if fields.isEmpty { return .data(.init(data: .byteBuffer(ByteBuffer()), endStream: true)) }
        return .headers(.init(headers: fields, endStream: true))
    }

    private static func append(_ headers: Headers, to fields: inout HPACKHeaders, sayingLength: Bool) {
        for field in headers {
            let name = field.name.lowercased()
            switch name {
            case "connection", "keep-alive", "proxy-connection", "transfer-encoding", "upgrade": continue
            case "content-length" where !sayingLength: continue
            default: fields.add(name: name, value: field.value)
            }
        }
    }
}
