import NIOCore

/// The time-outs towards clients, in the unit of the event loop.
struct ClientTimes {
    let header: TimeAmount
    let keepAlive: TimeAmount
    let bodySilence: TimeAmount
    let body: TimeAmount
    let stall: TimeAmount

    init(_ timeouts: GatewayTimeouts) {
        header = TimeAmount(timeouts.header)
        keepAlive = TimeAmount(timeouts.keepAlive)
        bodySilence = TimeAmount(timeouts.bodySilence)
        body = TimeAmount(timeouts.body)
        stall = TimeAmount(timeouts.clientStall)
    }
}
