public import Logging
public import ServiceLifecycle

/// Removes expired records from a store, a few at a time, for as long as the service runs.
///
/// A sweep is a run of small transactions with a rest after each, so that foreground writes never wait for more than
/// one of them. Records that nobody swept yet count as vacant all the same; sweeping only frees the space.
public struct SweepService<Store: SweepingStore>: Service {
    /// How often and how much to sweep.
    public struct Configuration: Hashable, Sendable {
        /// From the end of a sweep to the next. A minute: with the default retention of a day, what has expired is then
        /// never more than a thousandth of what is kept.
        public var interval: Duration = .seconds(60)
        /// By which part of the interval, 0…1, it is shortened at random, so that processes which were started together
        /// do not sweep together.
        public var jitter: Double = 0.2
        /// How many records are removed in one transaction. 200: a few milliseconds on a slow disk.
        public var batch: Int = 200
        /// How many transactions a sweep has at most; bounds the time to a graceful stop and what is done after an
        /// outage.
        public var batchesPerSweep: Int = 500
        /// The rest between two transactions of a sweep, in which the foreground has the store to itself.
        public var rest: Duration = .milliseconds(5)

        /// The defaults.
        public init() {}
    }

    private let store: Store
    private let configuration: Configuration
    private let logger: Logger

    /// A service that sweeps `store`.
    public init(_ store: Store, configuration: Configuration = Configuration(), logger: Logger) {
        self.store = store
        self.configuration = configuration
        self.logger = logger
    }

    /// Sweeps until the task is cancelled or a graceful shutdown begins. A failing store is tried again next time.
    public func run() async {
        await cancelWhenGracefulShutdown {
            var random = SystemRandomNumberGenerator()
            while !Task.isCancelled {
                await sweepOnce()
                let share = 1 - Double.random(in: 0...min(max(configuration.jitter, 0), 1), using: &random)
                try? await Task.sleep(for: configuration.interval * share)
            }
        }
    }

    /// Sweeps until nothing is left or the bound is reached.
    ///
    /// - Returns: How many records were removed; what was removed before an error counts, the error is logged.
    @discardableResult
    public func sweepOnce() async -> Int {
        var removed = 0
        do {
            for _ in 0..<configuration.batchesPerSweep {
                let count = try await store.sweep(limit: configuration.batch)
                removed += count
                guard count >= configuration.batch, !Task.isCancelled else { break }
                try? await Task.sleep(for: configuration.rest)
            }
        } catch {
            logger.debug("A sweep failed", metadata: ["idempotency.error": "\(error)"])
        }
        if removed > 0 {
            logger.trace("Expired records were removed", metadata: ["idempotency.swept": "\(removed)"])
        }
        return removed
    }
}
