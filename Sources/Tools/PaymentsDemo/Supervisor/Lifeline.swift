import NIOCore
import NIOPosix
import ServiceLifecycle

/// Waits until standard input is closed.
///
/// The supervisor holds the other end of that pipe and never writes. However the supervisor ends, by kill -9 too, the
/// kernel closes the pipe, and the payments service does not stay behind.
struct Lifeline: Service {
    func run() async throws {
        let channel = try await NIOPipeBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .takingOwnershipOfDescriptor(input: 0) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try NIOAsyncChannel<ByteBuffer, Never>(wrappingChannelSynchronously: channel)
                }
            }
        // A broken pipe is a closed one, and the shutdown of the service closes it too.
        try? await cancelWhenGracefulShutdown {
            try await channel.executeThenClose { inbound, _ in
                for try await _ in inbound {}
            }
        }
    }
}
