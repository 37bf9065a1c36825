import NIOCore

/// The time-outs towards upstreams, in the unit of the event loop.
struct UpstreamTimeouts {
    let connect: TimeAmount
    let answer: TimeAmount
    let idle: TimeAmount

    init(_ timeouts: GatewayTimeouts) {
        connect = TimeAmount(timeouts.upstreamConnect)
        answer = TimeAmount(timeouts.upstreamAnswer)
        idle = TimeAmount(timeouts.upstreamIdle)
    }
}
