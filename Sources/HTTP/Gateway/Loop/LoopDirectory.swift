import NIOCore

/// Finds what belongs to an event loop.
struct LoopDirectory: Sendable {
    private let loops: [ObjectIdentifier: NIOLoopBound<GatewayLoop>]

    /// Makes the loops' belongings, each on its own loop.
    init(_ shared: GatewayShared, _ plan: Plan, on group: any EventLoopGroup) async throws {
        var loops: [ObjectIdentifier: NIOLoopBound<GatewayLoop>] = [:]
        for eventLoop in group.makeIterator() {
            loops[ObjectIdentifier(eventLoop)] = try await eventLoop.submit {
                NIOLoopBound(GatewayLoop(shared, plan, on: eventLoop), eventLoop: eventLoop)
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

    /// Lets every loop look at the time ten times a second, as `clock` tells it to, until the returned task is
    /// cancelled: the coarse clock that serves every time-out.
    ///
    /// From outside, because a loop with a timer of its own sets it anew, with a system call, before nearly every wait.
    func startTicking(by clock: any EventLoop) -> RepeatedTask {
        let loops = loops.values.map { ($0, TickFlag()) }
        return clock.scheduleRepeatedTask(initialDelay: Self.tick, delay: Self.tick) { _ in
            for (loop, flag) in loops where flag.raise() {
                loop.eventLoop.execute {
                    flag.lower()
                    loop.value.tick()
                }
            }
        }
    }

    private static var tick: TimeAmount { .milliseconds(100) }

    /// Does the same on every loop and waits for all.
    func onEach(_ action: @escaping @Sendable (GatewayLoop) -> Void) async {
        for loop in loops.values {
            try? await loop.eventLoop.submit { action(loop.value) }.get()
        }
    }
}
