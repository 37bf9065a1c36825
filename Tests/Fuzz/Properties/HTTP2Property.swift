import IdempotencyHTTP
import NIOHPACK

@testable import IdempotencyGateway

/// A request of HTTP/2 that the gateway takes can be written as HTTP/1.1, and is then the same request for a parser of
/// that: nothing is smuggled from the one version into the other.
enum HTTP2Property {
    static func check(_ bytes: [UInt8]) throws(FuzzProperty.Violation) {
        var rest = bytes[...]
        let choices = rest.popFirst() ?? 0
        let fields = fields(from: &rest, isWhole: choices & 2 == 0)
        var limits = GatewayLimits()
        guard let request = try? HTTP2Request.head(fields, endsStream: choices & 1 == 0, limits: limits) else { return }
        let head = request.head
        var text = "\(head.method) \(head.target) HTTP/1.1\r\n"
        for field in head.headers { text += "\(field.name): \(field.value)\r\n" }
        // The length of the body comes on top of what the client may send.
        limits.headerFields += 1
        let seen = RequestProperty.seen([Array((text + "\r\n").utf8)], limits: limits)
        guard !seen.isRefused, seen.heads.count == 1, let again = seen.heads.first?.head else {
            throw .init("written as HTTP/1.1 it is refused, or another number of requests: \(text), \(bytes)")
        }
        guard again == head else {
            throw .init("written as HTTP/1.1 it is \(again), not \(head): \(bytes)")
        }
    }

    /// Names and values, each after a byte that tells its length; in front of them a usual request line unless they are
    /// the whole section.
    private static func fields(from rest: inout ArraySlice<UInt8>, isWhole: Bool) -> HPACKHeaders {
        var fields = HPACKHeaders()
        if !isWhole {
            for (name, value) in [(":method", "POST"), (":scheme", "https"), (":authority", "a"), (":path", "/")] {
                fields.add(name: name, value: value)
            }
        }
        while !rest.isEmpty {
            let name = piece(from: &rest)
            let value = piece(from: &rest)
            // The type of the library takes no others.
            if name.utf8.allSatisfy({ $0 < 0x80 }) { fields.add(name: name, value: value) }
        }
        return fields
    }

    private static func piece(from rest: inout ArraySlice<UInt8>) -> String {
        let count = min(Int(rest.popFirst() ?? 0), rest.count)
        defer { rest.removeFirst(count) }
        return String(decoding: rest.prefix(count), as: UTF8.self)
    }
}
