/// The sum of the parts of a count, in bounded memory.
struct UsageTally {
    /// What each scope has; of very many scopes those that have least are left out.
    private(set) var scopes: [String: StoreUsage] = [:]
    /// What all scopes have together.
    private(set) var all = StoreUsage()

    /// Adds a part.
    mutating func add(_ page: UsagePage) {
        for (scope, usage) in page.scopes {
            all += usage
            scopes[scope, default: StoreUsage()] += usage
        }
        var fewest = 1
        while scopes.count > Self.mostScopes {
            scopes = scopes.filter { $0.value.keys > fewest }
            fewest *= 2
        }
    }

    /// How many scopes are told apart: 100 000, some tens of megabytes.
    static let mostScopes = 100_000
}
