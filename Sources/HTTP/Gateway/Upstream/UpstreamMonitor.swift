import NIOCore

/// Looks after the addresses of the upstreams beside the requests: looks names up again, tries connections to addresses
/// that were put aside, and asks for their health.
final class UpstreamMonitor: Sendable {
    /// What is to be looked after at present.
    struct Orders: Sendable {
        let transport: UpstreamTransport
        let timeouts: GatewayTimeouts
        /// How health is asked for; `nil` when it is not.
        let health: UpstreamHealthCheck?

        init(_ plan: Plan, over transport: KeyPath<Plan, UpstreamTransport>, asking: Bool) {
            self.transport = plan[keyPath: transport]
            timeouts = plan.configuration.timeouts
            health = asking ? plan.configuration.health : nil
        }
    }

    private let directory: UpstreamDirectory
    private let group: any EventLoopGroup
    private let present: @Sendable () -> Orders
    private let onChange: @Sendable () async -> Void

    /// - Parameters:
    ///   - directory: The addresses to look after.
    ///   - present: What is to be looked after now.
    ///   - onChange: The addresses are others than before.
    init(
        _ directory: UpstreamDirectory, on group: any EventLoopGroup, present: @escaping @Sendable () -> Orders,
        onChange: @escaping @Sendable () async -> Void
    ) {
        self.directory = directory
        self.group = group
        self.present = present
        self.onChange = onChange
    }

    /// Works until it is cancelled.
    func run() async {
        await withTaskGroup { group in
            group.addTask { await self.keepResolving() }
            group.addTask { await self.keepTrying() }
            group.addTask { await self.keepAsking() }
        }
    }

    /// The addresses behind a name may change: it is looked up every now and then, and soon when one of them cannot be
    /// reached or the name was not found.
    private func keepResolving() async {
        var last = ContinuousClock.now
        while await rest(Self.pause) {
            guard directory.hasNames else { continue }
            let isUrgent = directory.isIncomplete || directory.addresses.contains { !$0.isReachable }
            guard last.duration(to: .now) >= (isUrgent ? Self.urgentResolution : Self.usualResolution) else { continue }
            last = .now
            if await directory.refresh() { await onChange() }
        }
    }

    private func keepTrying() async {
        while await rest(Self.pause) {
            let orders = present()
            await withTaskGroup { tasks in
                for address in directory.addresses where address.beginsTrial() {
                    tasks.addTask {
                        await UpstreamProbe.connect(
                            to: address, over: orders.transport, timeouts: orders.timeouts, on: self.group.next())
                    }
                }
            }
        }
    }

    private func keepAsking() async {
        var last: ContinuousClock.Instant?
        while await rest(Self.pause) {
            let orders = present()
            guard let check = orders.health else {
                if last != nil { for address in directory.addresses { address.isNoLongerChecked() } }
                last = nil
                continue
            }
            if let last, last.duration(to: .now) < check.interval { continue }
            last = .now
            await withTaskGroup { tasks in
                for address in directory.addresses {
                    tasks.addTask {
                        await UpstreamProbe.ask(
                            address, by: check, over: orders.transport, timeouts: orders.timeouts,
                            on: self.group.next())
                    }
                }
            }
        }
    }

    /// Waits; `false` when the work is over.
    private func rest(_ time: Duration) async -> Bool {
        do {
            try await Task.sleep(for: time)
            return true
        } catch {
            return false
        }
    }

    /// How often it looks whether something is due.
    private static let pause = Duration.milliseconds(100)
    /// How often a name is looked up: the system's resolver does not tell how long its answer holds.
    private static let usualResolution = Duration.seconds(30)
    /// How often a name is looked up while something is wrong.
    private static let urgentResolution = Duration.seconds(1)
}
