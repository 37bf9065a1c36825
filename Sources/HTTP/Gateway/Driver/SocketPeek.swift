import NIOCore

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A look at what waits in a socket, without taking it.
enum SocketPeek {
    /// Whether the peer has sent neither an end nor anything else; also when the channel has no socket to look at.
    ///
    /// One system call: cheap next to a request that is in doubt because it was sent into a connection whose end had
    /// arrived but had not been read yet.
    static func isQuiet(_ channel: any Channel) -> Bool {
        let quiet = try? channel.pipeline.syncOperations.withUnsafeTransportIfAvailable(of: NIOBSDSocket.Handle.self) {
            handle in
            var byte: UInt8 = 0
            return recv(handle, &byte, 1, Int32(MSG_PEEK) | Int32(MSG_DONTWAIT)) < 0
                && (errno == EAGAIN || errno == EWOULDBLOCK)
        }
        return quiet ?? true
    }
}
