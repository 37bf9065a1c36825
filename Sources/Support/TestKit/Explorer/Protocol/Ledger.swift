import Idempotency

/// The ghosts of an exploration: what really happened, which no participant can see.
struct Ledger: Hashable, Sendable {
    /// An outcome that was stored, and the request that it answers.
    struct Entry: Hashable, Sendable {
        let outcome: Outcome
        let fingerprint: Fingerprint
    }

    /// Every outcome that was ever stored.
    var outcomes: [Entry] = []
    /// How often the effect may still happen: once, and once more for each release by an operator and each expiry.
    var allowance = 1
    /// Whose write the present record is; unlike the owner, never mistaken.
    var holder: Int?
    /// The present record was claimed by a write that nobody waited for any more.
    var isStray = false
    /// The highest fence that was stamped.
    var highestFence = Fence(0)
    /// Whose effect the system behind has seen since the key was vacant.
    var lastEffect: Int?
    /// The highest fence that the system behind has seen.
    var downstreamFence = Fence(0)

    /// The key is vacant and another claim may follow; after an expiry it may have an effect of its own.
    mutating func becomeVacant(afterExpiry isExpiry: Bool) {
        lastEffect = nil
        if isExpiry { allowance += 1 }
    }
}
