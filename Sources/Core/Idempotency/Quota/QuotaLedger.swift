/// Who has how much of a store, as far as one process knows: what the last count of the store said, and what this
/// process has done since that count began.
///
/// It errs on the side of too much: what is claimed while a count runs may be in it twice until the next one, what
/// expires is in it until the next one, and a claim on its way has its place already. Claims of other processes are in
/// it only from the next count on.
struct QuotaLedger {
    /// What changed after some point in time.
    private struct Changes {
        var scopes: [String: StoreUsage] = [:]
        var all = StoreUsage()

        mutating func add(_ usage: StoreUsage, to scope: String, isTracked: Bool) {
            all += usage
            if isTracked { scopes[scope, default: StoreUsage()] += usage }
        }
    }

    var limits: QuotaLimits
    private var counted = Changes()
    private var since = Changes()
    /// What changed since the count began that is under way; it is taken up once that is complete.
    private var during: Changes?
    private var underway = Changes()
    /// What each window of time brought, oldest first, where the store cannot count.
    private var windows: [Changes] = []

    init(limits: QuotaLimits) {
        self.limits = limits
    }

    /// Takes the place of one new key, which ends with `claimed` or `notClaimed`.
    ///
    /// - Returns: The limit that stands against it; no place was taken then.
    mutating func admit(_ scope: String) -> QuotaExcess? {
        if let limit = limits.bytesInAll, (counted.all + since.all + underway.all).bytes >= limit { return .bytesInAll }
        let used = usage(of: scope)
        if let limit = limits.keysPerScope, used.keys >= limit { return .keysPerScope }
        if let limit = limits.bytesPerScope, used.bytes >= limit { return .bytesPerScope }
        underway.add(.key, to: scope, isTracked: isTracked(scope))
        return nil
    }

    /// The key was claimed.
    mutating func claimed(_ scope: String) {
        notClaimed(scope)
        change(.key, of: scope)
    }

    /// The key was not claimed: it is another's, or the store did not say.
    mutating func notClaimed(_ scope: String) {
        let isTracked = underway.scopes[scope] != nil
        underway.add(-.key, to: scope, isTracked: isTracked)
        if underway.scopes[scope]?.keys == 0 { underway.scopes[scope] = nil }
    }

    /// The records of a scope have become more, or less.
    mutating func change(_ usage: StoreUsage, of scope: String) {
        let isTracked = isTracked(scope)
        since.add(usage, to: scope, isTracked: isTracked)
        during?.add(usage, to: scope, isTracked: isTracked)
    }

    /// What a scope has.
    func usage(of scope: String) -> StoreUsage {
        (counted.scopes[scope] ?? StoreUsage()) + (since.scopes[scope] ?? StoreUsage())
            + (underway.scopes[scope] ?? StoreUsage())
    }

    /// A count of the store begins.
    mutating func beginCount() {
        during = Changes()
    }

    /// The count is complete: what was done before it began is in it.
    mutating func endCount(_ tally: UsageTally) {
        counted = Changes(scopes: tally.scopes, all: tally.all)
        since = during ?? Changes()
        during = nil
    }

    /// The count failed: what is known stays.
    mutating func abandonCount() {
        during = nil
    }

    /// A window of time is over, in a store that cannot count: what was claimed `windows` of them ago has expired by
    /// now.
    mutating func turn(windows count: Int) {
        windows.append(since)
        for (scope, usage) in since.scopes { counted.add(usage, to: scope, isTracked: true) }
        counted.all += since.all - since.scopes.values.reduce(StoreUsage(), +)
        since = Changes()
        guard windows.count > count else { return }
        let oldest = windows.removeFirst()
        for (scope, usage) in oldest.scopes {
            counted.scopes[scope, default: StoreUsage()] += -usage
            if (counted.scopes[scope]?.keys ?? 0) <= 0 { counted.scopes[scope] = nil }
        }
        counted.all += -oldest.all
    }

    /// A flood of scopes must not take the memory: beyond a bound, new ones count only in all together.
    private func isTracked(_ scope: String) -> Bool {
        since.scopes[scope] != nil || underway.scopes[scope] != nil || since.scopes.count < UsageTally.mostScopes
    }
}

extension StoreUsage {
    /// What a new key takes before it has an outcome.
    static let key = StoreUsage(keys: 1, bytes: bytesPerRecord)
}
