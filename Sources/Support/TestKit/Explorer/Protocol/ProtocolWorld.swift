import Idempotency

/// Everything at one point of a history: the store, the attempts, what is on its way, and the ghosts that the promises
/// are checked with.
package struct ProtocolWorld: Hashable, Sendable {
    var register = Register()
    var lastFence = Fence(0)
    /// The store's clock.
    var time = Self.start
    /// The local clock, which all processes read alike.
    var moment = Moment(nanoseconds: 0)
    var attempts: [Participant]
    /// Writes without anyone who waits for their answer; each may still reach the store.
    var strays: [Stray] = []
    var budget: ProtocolScenario.Budget
    var ledger = Ledger()
    /// The attempt whose turn it is: see `ProtocolSystem.actions(in:)`.
    var focus: Int?

    /// What the store's clock shows when a history begins.
    static let start = Timestamp(microseconds: 1_000_000_000)

    /// A write that is applied later or never.
    struct Stray: Hashable, Sendable {
        let attempt: Int
        let exchange: Exchange
    }
}

/// One attempt with what is on its way to and from the store.
struct Participant: Hashable, Sendable {
    /// What runs for it.
    enum Work: Hashable, Sendable {
        case nothing
        /// The operation; whether its effect has happened.
        case operation(hasEffect: Bool)
        /// The question about an earlier attempt.
        case reconciliation
    }

    /// A write and, once the store has applied it, its answer.
    struct Flight: Hashable, Sendable {
        var purpose: Effects.Purpose
        var exchange: Exchange
        var reply: ExchangeReply?
        /// The answer does not arrive before some time has gone by.
        var isSlow = false
    }

    /// The real engine; `nil` before the attempt begins and after its process is gone.
    var execution: Execution?
    var hasBegun = false
    var work = Work.nothing
    /// The claim or the settlement that is on its way.
    var write: Flight?
    /// The renewal that is on its way.
    var renewal: Flight?
    var answer: Answer?
    /// What an attempt of the same process told those who wait for it.
    var nudge: Nudge?
    /// Whether the effect of an operation has happened that was given up and may still end; `nil` without one.
    var late: Bool?
    /// How often its operation took effect.
    var effects: UInt8 = 0
    var hasOperated = false
    /// Nothing more will come of it; all that is only of interest before is forgotten, so that its past makes no
    /// states.
    var isOver = false
    /// When the last good write was answered; only kept where a planted fault counts the lease from there.
    var answered = Moment(nanoseconds: .min)

    struct Nudge: Hashable, Sendable {
        var answer: Answer
        var request: Request
        /// Whether the attempt that told it may still end.
        var expectsLateEnd = false
    }

    /// Whether a write is on its way or waits for its time.
    var hasSomethingAhead: Bool {
        // A late end is none of it: it may never come.
        write != nil || renewal != nil || work != .nothing || execution?.wake != nil || nudge != nil
    }
}
