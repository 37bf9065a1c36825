import NIOCore

/// Finds what belongs to an event loop.
struct LoopDirectory: Sendable {
    private let loops: [ObjectIdentifier: NIOLoopBound<GatewayLoop>]

    /// Makes the loops' belongings, each on its own loop, and starts their clocks.
    init(_ shared: GatewayShared, on group: any EventLoopGroup) async throws {
        var loops: [ObjectIdentifier: NIOLoopBound<GatewayLoop>] = [:]
        for eventLoop in group.makeIterator() {
            loops[ObjectIdentifier(eventLoop)] = try await eventLoop.submit {
                let loop = GatewayLoop(shared, on: eventLoop)
                loop.startTicking()
                return NIOLoopBound(loop, eventLoop: eventLoop)
            }.get()
        }
        self.loops = loops
    }

    /// What belongs to `eventLoop`; called on it.
    func loop(_ eventLoop: any EventLoop) -> GatewayLoop {
        guard let loop = loops[ObjectIdentifier(eventLoop)] else {
            preconditionFailure("a channel of the gateway runs on an event loop of the gateway's group")
        }
        return loop.value
    }

    /// Does the same on every loop and waits for all.
    func onEach(_ action: @escaping @Sendable (GatewayLoop) -> Void) async {
        for loop in loops.values {
            try? await loop.eventLoop.submit { action(loop.value) }.get()
        }
    }
}
