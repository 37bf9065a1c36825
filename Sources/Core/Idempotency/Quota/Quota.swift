public import Logging
public import ServiceLifecycle
import Synchronization

/// Keeps callers from filling a store for all others: refuses *new* keys beyond the limits, before anything runs. Keys
/// that are there are answered as ever.
///
/// Nothing of this costs a look at the store: the count of each scope is kept in the process, and put right from the
/// store once a minute while `run()` runs. Several processes on one store see each other's claims only then, so that
/// all of them together may exceed a limit by what the others claim within a minute. Where the store cannot count
/// (`UsageStore`), a process counts what it has claimed itself within the retention: after a restart it begins anew.
public final class Quota: Service {
    private let ledger: Mutex<QuotaLedger>
    private let store: (any UsageStore)?
    private let retention: Mutex<Duration>
    private let logger: Logger

    /// A quota on the keys in `store`.
    ///
    /// - Parameters:
    ///   - limits: What is allowed.
    ///   - store: Where the keys are; counted by when it is a `UsageStore`.
    ///   - retention: The longest time that an outcome is kept, for stores that cannot count.
    ///   - logger: Where it says that it cannot count.
    public init(_ limits: QuotaLimits, of store: any RecordStore, retention: Duration, logger: Logger) {
        self.store = store as? any UsageStore
        self.retention = Mutex(retention)
        self.logger = logger
        ledger = Mutex(QuotaLedger(limits: limits))
    }

    /// The limits that hold at present.
    public var limits: QuotaLimits { ledger.withLock(\.limits) }

    /// From now on these limits hold for new keys; what is under way keeps its place. Where none held before, the keys
    /// in the store are counted first, so that this returns when the count is complete.
    ///
    /// - Parameters:
    ///   - limits: What holds from now on.
    ///   - retention: The longest time that an outcome is kept from now on, for stores that cannot count.
    public func adopt(_ limits: QuotaLimits, retention: Duration) async {
        self.retention.withLock { $0 = retention }
        if limits.isLimited, !self.limits.isLimited { await count() }
        ledger.withLock { $0.limits = limits }
    }

    /// What a scope has, as far as is known in this process.
    public func usage(of scope: String) -> StoreUsage {
        let name = name(of: scope)
        return ledger.withLock { $0.usage(of: name) }
    }

    /// What the store counts a scope by.
    func name(of scope: String) -> String { store?.usageName(of: scope) ?? scope }

    /// When a refused caller should try again: after the next count.
    public static let retryAfter = Duration.seconds(60)

    /// Counts until the task is cancelled or a graceful shutdown begins, as long as there is a limit.
    public func run() async {
        await cancelWhenGracefulShutdown {
            var canCount = self.store != nil
            while !Task.isCancelled {
                guard self.limits.isLimited else {
                    try? await Task.sleep(for: Self.retryAfter)
                    continue
                }
                let start = ContinuousClock.now
                if canCount { canCount = await self.count() }
                if canCount {
                    // A count may take a tenth of the time, however long it is.
                    let pause = max(Self.retryAfter, (ContinuousClock.now - start) * 10)
                    try? await Task.sleep(for: pause)
                } else {
                    try? await Task.sleep(for: self.retention.withLock { $0 / Self.windows })
                    if !Task.isCancelled { self.ledger.withLock { $0.turn(windows: Self.windows) } }
                }
            }
        }
    }

    /// Counts the keys in the store.
    ///
    /// - Returns: Whether the store can do so at all.
    @discardableResult
    package func count() async -> Bool {
        guard let store else { return false }
        ledger.withLock { $0.beginCount() }
        var tally = UsageTally()
        var cursor: UInt64?
        do {
            repeat {
                let page = try await store.usage(after: cursor, limit: Self.pageSize)
                tally.add(page)
                cursor = page.next
                if cursor != nil { try await Task.sleep(for: Self.rest) }
            } while cursor != nil
            ledger.withLock { [tally] in $0.endCount(tally) }
            return true
        } catch {
            ledger.withLock { $0.abandonCount() }
            logger.debug("the keys of the scopes cannot be counted", metadata: ["idempotency.error": "\(error)"])
            return (error as? StoreError)?.code != .misuse
        }
    }

    func withLedger<Result: Sendable>(_ body: (inout QuotaLedger) -> Result) -> Result {
        ledger.withLock { body(&$0) }
    }

    /// Records that are looked at in one go: some ten milliseconds.
    private static let pageSize = 10_000
    /// The rest between two of them, in which others have the store to themselves.
    private static let rest = Duration.milliseconds(5)
    /// Into how many parts the retention is divided where the store cannot count: what has expired is refused for that
    /// much longer.
    private static let windows = 24
}
