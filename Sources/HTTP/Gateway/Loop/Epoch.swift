import NIOCore

/// What the requests of one event loop are served by: a plan, and the connections to its upstreams. A reload begins a
/// new epoch; requests in flight keep the one that they began in.
final class Epoch {
    /// Counts up, so that what was found out in one epoch is not taken for true in another.
    let number: Int
    let plan: Plan
    let upstream: UpstreamBalancer
    /// The connections for questions about interrupted attempts.
    let inquiries: UpstreamBalancer

    init(_ number: Int, _ plan: Plan, _ directories: UpstreamDirectories, share: Int, on eventLoop: any EventLoop) {
        self.number = number
        self.plan = plan
        upstream = UpstreamBalancer(
            transport: plan.transport, configuration: plan.configuration, share: share, on: eventLoop)
        inquiries = UpstreamBalancer(
            transport: plan.inquiryTransport, configuration: plan.configuration, share: share, on: eventLoop)
        adoptAddresses(directories)
    }

    /// Takes over the present addresses of the servers that this plan names.
    func adoptAddresses(_ directories: UpstreamDirectories) {
        upstream.use(directories.upstreams.addresses.filter { configuration.upstreams.contains($0.origin) })
        inquiries.use(directories.inquiries.addresses.filter { configuration.inquired.contains($0.origin) })
    }

    var configuration: GatewayConfiguration { plan.configuration }

    /// Whether no connection is open, and none is being made.
    var isQuiet: Bool { upstream.isEmpty && inquiries.isEmpty }

    /// Lets connections look at the time.
    func tick(now: NIODeadline) {
        upstream.tick(now: now)
        inquiries.tick(now: now)
    }

    /// A new epoch has begun: no connection stays longer than its exchange takes.
    func retire() {
        upstream.retire()
        inquiries.retire()
    }

    /// Closes every connection, whatever it is doing.
    func closeAll() {
        upstream.closeAll()
        inquiries.closeAll()
    }
}
