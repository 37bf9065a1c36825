import IdempotencyHTTP

/// The memory that the bodies and answers of one event loop may take.
struct MemoryBudget {
    /// What memory is wanted for.
    enum Use {
        /// A request that has not been claimed yet, or a replay: it can be refused without any harm.
        case refusable
        /// An answer to an operation that has run.
        case answer
    }

    /// How much may be held in all, in bytes; less than is held means that nothing is taken for a while.
    var limit: Int
    /// How much is held now, in bytes.
    private(set) var held = 0

    init(limit: Int) {
        self.limit = limit
    }

    /// Takes memory; `false`, and nothing was taken, when that would be too much. A quarter is left to answers.
    mutating func hold(_ bytes: Int, for use: Use) -> Bool {
        guard held + bytes <= (use == .answer ? limit : limit - limit / 4) else { return false }
        held += bytes
        return true
    }

    /// Counts memory that is taken already, and goes from one holder to the next.
    mutating func take(_ bytes: Int) {
        held += bytes
    }

    /// Gives memory back.
    mutating func letGo(_ bytes: Int) {
        held -= bytes
    }

    /// The size of an answer that always has its place, in bytes: most answers fit.
    static let smallAnswer = 8 << 10
    /// How often an answer is in memory: gathered, and as what is stored.
    static let copiesOfAnswer = 2

    /// What is taken for an answer before its request is claimed, in bytes.
    static func placeForAnswer(under settings: RouteSettings) -> Int {
        copiesOfAnswer * min(smallAnswer, settings.maximumResponse)
    }
}
