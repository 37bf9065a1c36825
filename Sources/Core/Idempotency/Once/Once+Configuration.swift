public import Logging
public import Metrics

extension Once {
    /// How a `Once` works; every value can be overridden for a single operation through `PerformOptions`.
    public struct Configuration: Sendable {
        /// How long an attempt may run alone before it has to renew; renewed every third of it while it runs. 30 s:
        /// long enough for a store that fails over, short enough that a crashed attempt does not block its key for
        /// long.
        public var lease: Duration = .seconds(30)
        /// How long an outcome is kept. 24 h, as with the APIs that made keys known: longer than callers retry.
        public var retention: Duration = .seconds(24 * 3600)
        /// How long a duplicate waits for the running attempt; zero refuses at once, as the HTTP draft has it.
        public var wait: Duration = .zero
        /// How long a claim is tried again while the store does not answer. 2 s: a caller notices longer.
        public var claimPatience: Duration = .seconds(2)
        /// How long an outcome that could not be written is tried again after the caller was told *in doubt*. 10 min:
        /// the time of a fail-over, a restart, a disk made free.
        public var settlePatience: Duration = .seconds(600)
        /// How long `run()` waits for running executions at a graceful shutdown before it leaves them to the
        /// interrupted policy. 30 s, as most supervisors kill after that.
        public var drain: Duration = .seconds(30)
        /// How many executions may be under way at once. 10 000: a bound, so that a flood ends in a clear error.
        public var maximumExecutions = 10_000
        /// How many duplicates may wait for one execution in this process. 1000, for the same reason.
        public var maximumWaiters = 1000
        /// What the keys of one scope may take of the store; nothing limits them by default. Run it as a service.
        public var quota: Quota?
        /// The types of the errors that replays are to throw as themselves.
        public var storableErrors: [any StorableError.Type] = []
        /// Whether the key is kept readable in the record, so that operators can find it. Keys are no secrets, but some
        /// callers put personal data into them.
        public var keepsKeys = true
        /// Where to log, at `debug` and `trace`; digests instead of keys.
        public var logger = Logger(label: "idempotency", factory: { _ in SwiftLogNoOpLogHandler() })
        /// Where the instruments come from: the backend that the program was set up with when this was made.
        public var metrics: any MetricsFactory = MetricsSystem.factory

        /// The defaults.
        public init() {}
    }
}

/// What one operation has otherwise than its `Once`; `nil` means as configured there.
public struct PerformOptions: Sendable {
    /// The operation's name in records, logs and metrics: `charge`.
    public var operation: String?
    /// How long an attempt may run alone before it has to renew.
    public var lease: Duration?
    /// How long the outcome is kept.
    public var retention: Duration?
    /// How long a duplicate waits for the running attempt.
    public var wait: Duration?
    /// What happens to an interrupted attempt.
    public var interrupted: Interrupted?
    /// What a thrown error means; `nil` from it leaves the error to the interrupted policy. Asked for errors that are
    /// neither `Classified` nor `StorableError`.
    public var classify: (@Sendable (any Error) -> Failure?)?

    /// Everything as configured.
    public init(
        operation: String? = nil, lease: Duration? = nil, retention: Duration? = nil, wait: Duration? = nil,
        interrupted: Interrupted? = nil, classify: (@Sendable (any Error) -> Failure?)? = nil
    ) {
        self.operation = operation
        self.lease = lease
        self.retention = retention
        self.wait = wait
        self.interrupted = interrupted
        self.classify = classify
    }

    /// Everything as configured.
    public static let standard = PerformOptions()
}
