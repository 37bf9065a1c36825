import IdempotencyHTTP
import NIOCore
import NIOHTTP1

/// Writes the header of an HTTP/1 message (RFC 9112 sections 3 and 4) in one piece. Nothing is added and nothing left
/// out: framing is decided by whoever makes the header.
enum HeadWriter {
    /// Writes the header of a request.
    static func write(_ head: RequestHead, into buffer: inout ByteBuffer) {
        write(head.method, " ", head.target, " HTTP/1.1\r\n", head.headers, into: &buffer)
    }

    /// Writes the header of an answer.
    static func write(_ head: AnswerHead, into buffer: inout ByteBuffer) {
        let version = head.version == .http1_0 ? "HTTP/1.0 " : "HTTP/1.1 "
        let status = head.status
        write(version, StatusCode.text(status), status.reasonPhrase, "\r\n", head.headers, into: &buffer)
    }

    /// Writes field lines and the empty line behind them, as they also end trailers.
    static func write(_ fields: Headers, into buffer: inout ByteBuffer) {
        write("", "", "", "", fields, into: &buffer)
    }

    private static func write(
        _ first: String, _ second: String, _ third: String, _ fourth: String, _ fields: Headers,
        into buffer: inout ByteBuffer
    ) {
        let start = first.utf8.count + second.utf8.count + third.utf8.count + fourth.utf8.count
        buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: start + fields.messageBytes + 2) { target in
            var writer = ByteWriter(target)
            writer.put(first)
            writer.put(second)
            writer.put(third)
            writer.put(fourth)
            fields.forEachPiece { writer.put($0) }
            writer.put(0x0D, 0x0A)
            return writer.count
        }
    }
}

/// The code of a status and the space behind it.
private enum StatusCode {
    static func text(_ status: HTTPResponseStatus) -> String { String(status.code) + " " }
}

/// Puts bytes one behind the other into memory that is known to be large enough.
private struct ByteWriter {
    private let target: UnsafeMutableRawBufferPointer
    private(set) var count = 0

    init(_ target: UnsafeMutableRawBufferPointer) {
        self.target = target
    }

    mutating func put(_ text: String) {
        let isDone: Void? = text.utf8.withContiguousStorageIfAvailable { put(UnsafeRawBufferPointer($0)) }
        if isDone == nil { Array(text.utf8).withUnsafeBytes { put($0) } }
    }

    mutating func put(_ bytes: UnsafeRawBufferPointer) {
        UnsafeMutableRawBufferPointer(rebasing: target[count...]).copyMemory(from: bytes)
        count += bytes.count
    }

    mutating func put(_ first: UInt8, _ second: UInt8) {
        target[count] = first
        target[count + 1] = second
        count += 2
    }
}
