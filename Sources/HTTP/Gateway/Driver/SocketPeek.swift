import NIOCore

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A look at what waits in the socket of a channel, without taking it.
///
/// Keeps the number of the socket, since asking a channel for it costs more than the look itself. The number is the
/// channel's only as long as the channel is active: ask before every look, on the event loop.
struct SocketPeek {
    private let handle: NIOBSDSocket.Handle?

    /// Looks into the socket of `channel`, if it has one; called on its event loop.
    init(_ channel: any Channel) {
        handle = try? channel.pipeline.syncOperations.withUnsafeTransportIfAvailable(
            of: NIOBSDSocket.Handle.self
        ) { $0 }
    }

    /// Whether the peer has sent neither an end nor anything else; also when the channel has no socket to look at.
    ///
    /// One system call: cheap next to a request that is in doubt because it was sent into a connection whose end had
    /// arrived but had not been read yet.
    func isQuiet() -> Bool {
        guard let handle else { return true }
        var byte: UInt8 = 0
        return recv(handle, &byte, 1, Int32(MSG_PEEK) | Int32(MSG_DONTWAIT)) < 0
            && (errno == EAGAIN || errno == EWOULDBLOCK)
    }
}
