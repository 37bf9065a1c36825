public import Idempotency
public import IdempotencyHTTP

extension RouteSettings {
    /// The defaults, with lease, retention and wait as the `Once` is configured.
    ///
    /// - Parameter once: What will execute the requests.
    public init(following once: Once) {
        self.init()
        lease = once.configuration.lease
        retention = once.configuration.retention
        wait = once.configuration.wait
    }
}
