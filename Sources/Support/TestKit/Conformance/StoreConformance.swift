public import Idempotency
import Synchronization

/// The checks that every store must pass, whoever wrote it.
///
/// Run them from Swift Testing, one test for each check:
/// ```swift
/// @Test(arguments: StoreConformance.checks)
/// func conforms(to check: ConformanceCheck) async throws {
///     try await StoreConformance { try await MyStore(…) }.run(check)
/// }
/// ```
/// or from anything else with `runAll()`. A store that takes a `StoreClock` is checked without waiting, and at the very
/// microsecond of every expiry, when the suite gets the `ManualClock` that the store reads.
public struct StoreConformance: Sendable {
    /// Uses stores for the duration of a check.
    public typealias Body = @Sendable ([any RecordStore]) async throws -> Void

    /// How hard to try.
    public var effort: ConformanceEffort
    /// What the random parts are made from.
    public var seed: Seed

    private let clock: ManualClock?
    private let opening: @Sendable (Body) async throws -> Void

    /// A suite for stores that need closing, or that several instances share.
    ///
    /// - Parameters:
    ///   - clock: The clock that the stores read, or `nil` if they have their own.
    ///   - effort: How hard to try.
    ///   - seed: What the random parts are made from.
    ///   - opening: Opens a store without any records, passes it to the closure it gets, and closes it. When it passes
    ///     several instances, which must share their records, the concurrent checks are spread over all of them.
    public init(
        clock: ManualClock? = nil, effort: ConformanceEffort = .init(), seed: Seed = .current,
        opening: @escaping @Sendable (Body) async throws -> Void
    ) {
        self.clock = clock
        self.effort = effort
        self.seed = seed
        self.opening = opening
    }

    /// A suite for stores that need no closing.
    ///
    /// - Parameters:
    ///   - clock: The clock that the stores read, or `nil` if they have their own.
    ///   - effort: How hard to try.
    ///   - seed: What the random parts are made from.
    ///   - make: Makes a store without any records.
    public init(
        clock: ManualClock? = nil, effort: ConformanceEffort = .init(), seed: Seed = .current,
        make: @escaping @Sendable () async throws -> any RecordStore
    ) {
        self.init(clock: clock, effort: effort, seed: seed) { body in try await body([make()]) }
    }

    /// Runs one check on a fresh store.
    ///
    /// - Throws: `ConformanceFailure` when the store does something wrong, or what opening or using it throws.
    @discardableResult
    public func run(_ check: ConformanceCheck) async throws -> ConformanceResult {
        let result = ResultBox()
        try await opening { stores in
            let trial = try Trial(check: check, stores: stores, clock: clock, effort: effort, seed: seed)
            if let missing = trial.missingAbility {
                result.value.withLock { $0 = .skipped(missing) }
            } else {
                try await check.body(trial)
                result.value.withLock { $0 = .passed }
            }
        }
        guard let result = result.value.withLock({ $0 }) else {
            throw ConformanceFailure(check: check.name, message: "The opening closure used no store.", seed: seed)
        }
        return result
    }

    /// Runs all checks, one after the other, each on a fresh store; the first failure ends the run.
    public func runAll() async throws {
        for check in Self.checks { try await run(check) }
    }
}
