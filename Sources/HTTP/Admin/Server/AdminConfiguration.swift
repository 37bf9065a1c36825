/// How the admin listener listens.
public struct AdminConfiguration: Sendable {
    /// The address that it listens on: this machine only.
    public var host = "127.0.0.1"
    /// The TCP port that it listens on; 0 lets the system choose a free one.
    public var port = 9090
    /// What opens the keys API.
    public var token: AdminToken
    /// How long `/readyz` waits for the store: 2 s, less than probes wait.
    public var readinessPatience = Duration.seconds(2)
    /// The largest request body, in bytes: 16 MiB, the largest outcome that stores take.
    public var maximumBody = 16 << 20

    /// A listener whose keys API this token opens, all else by default.
    public init(token: AdminToken) {
        self.token = token
    }
}
