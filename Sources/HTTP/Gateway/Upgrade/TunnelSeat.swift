/// The place of one tunnel under the limit on tunnels, from the request that asks for it until the tunnel ends.
///
/// Given back when nobody holds it any more: a request has many ways to end.
final class TunnelSeat {
    private let census: Census

    /// Takes a place; `nil` when there is none.
    init?(in census: Census) {
        guard census.enterTunnel() else { return nil }
        self.census = census
    }

    deinit { census.leaveTunnel() }
}
