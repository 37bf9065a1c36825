import Synchronization

/// Makes an operation take effect once per idempotency key, and gives every retry the first answer.
///
///     let once = Once(store: store, interrupted: .hold)
///     let receipt = try await once.perform(key, scope: "payments", request: order) { attempt in
///         try await charge(order, idempotencyKey: attempt.derivedKey("bank"))
///     }
///
/// One `Once` serves a whole process. Run it as a `Service`, so that a graceful shutdown lets what runs come to its
/// end.
public final class Once: Sendable {
    /// How it works.
    public let configuration: Configuration
    /// Where the records live.
    public let store: any RecordStore

    /// What happens to an interrupted attempt where an operation does not say otherwise.
    package let interrupted: Interrupted
    let clock: any LocalClock
    /// The store again, if it is one that answers at once.
    let immediateStore: (any ImmediateStore)?
    let executions: Executions
    let pacemaker: Pacemaker
    let metrics: OnceMetrics

    /// Makes a `Once` over a store.
    ///
    /// - Parameters:
    ///   - store: Where the records live.
    ///   - interrupted: What happens to an attempt that was interrupted. There is no safe default; see `Interrupted`.
    ///   - configuration: The rest.
    public convenience init(
        store: any RecordStore, interrupted: Interrupted, configuration: Configuration = Configuration()
    ) {
        self.init(store: store, interrupted: interrupted, configuration: configuration, clock: SystemLocalClock())
    }

    /// Makes a `Once` that reads a clock of the caller's, for tests.
    package init(
        store: any RecordStore, interrupted: Interrupted, configuration: Configuration, clock: any LocalClock
    ) {
        self.store = store
        self.interrupted = interrupted
        self.configuration = configuration
        self.clock = clock
        immediateStore = store as? any ImmediateStore
        metrics = OnceMetrics(factory: configuration.metrics)
        executions = Executions(limit: configuration.maximumExecutions)
        pacemaker = Pacemaker(executions: executions, clock: clock)
    }

    /// How many executions are under way in this process.
    public var executionsUnderWay: Int { executions.count }
}
