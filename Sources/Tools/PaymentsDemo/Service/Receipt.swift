import Foundation
import HTTPTypes
import Hummingbird

/// The answer to a payment that was made. It depends on the payment alone, so that it can be given again later, byte
/// for byte, when the gateway asks what became of an attempt.
struct Receipt {
    private let head: HTTPResponse
    private let body: Data

    init(_ payment: Payment) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        body = try encoder.encode(payment)
        head = HTTPResponse(
            status: .created, headerFields: [.contentType: "application/json", .contentLength: "\(body.count)"])
    }

    /// The receipt as the answer to the payment's own request.
    var response: Response {
        Response(
            status: head.status, headers: head.headerFields, body: ResponseBody(byteBuffer: ByteBuffer(bytes: body)))
    }

    /// The receipt as a message inside a message (RFC 9112, section 10.1).
    var message: ByteBuffer {
        var buffer = ByteBuffer(string: "HTTP/1.1 \(head.status.code) \(head.status.reasonPhrase)\r\n")
        for field in head.headerFields { buffer.writeString("\(field.name.rawName): \(field.value)\r\n") }
        buffer.writeString("\r\n")
        buffer.writeBytes(body)
        return buffer
    }
}
