import Foundation
package import IdempotencyRedis
import NIOCore

/// A connection of a test to a server, independent of the store's: one command at a time, blocking, five seconds long
/// at the most.
package final class RedisClient {
    private let socket: Int32
    private var parser = RESPParser()

    package struct Failure: Error {
        package let step: String
        package let number: Int32
    }

    package init(port: Int) throws {
        socket = Foundation.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var time = timeval(tv_sec: 5, tv_usec: 0)
        setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &time, socklen_t(MemoryLayout<timeval>.size))
        var address = LoopbackPort.address(UInt16(port))
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        // The object is whole, so its end closes the socket.
        guard result == 0 else { throw Failure(step: "connect", number: errno) }
    }

    deinit {
        Foundation.close(socket)
    }

    /// Sends a command and waits for its answer.
    @discardableResult
    package func send(_ command: String...) throws -> RESPValue {
        try send(command)
    }

    /// Sends a command and waits for its answer.
    @discardableResult
    package func send(_ command: [String]) throws -> RESPValue {
        var buffer = ByteBuffer()
        buffer.writeRESP(command: command)
        let bytes = Array(buffer.readableBytesView)
        guard Foundation.send(socket, bytes, bytes.count, Int32(MSG_NOSIGNAL)) == bytes.count else {
            throw Failure(step: "send", number: errno)
        }
        return try receive()
    }

    /// Waits for whatever comes next.
    package func receive() throws -> RESPValue {
        while true {
            if let value = try parser.next() { return value }
            var bytes = [UInt8](repeating: 0, count: 65_536)
            let count = recv(socket, &bytes, bytes.count, 0)
            guard count > 0 else { throw Failure(step: "receive", number: count == 0 ? 0 : errno) }
            parser.append(ByteBuffer(bytes: bytes[..<count]))
        }
    }
}
