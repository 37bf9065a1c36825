import Idempotency

@testable import IdempotencyTiered

/// Everything there is at one moment of an exploration: two registers, processes in the middle of exchanges, and what a
/// single register might be by now, had it got the same exchanges.
struct TierWorld: Hashable {
    /// What one process does, and how far it is.
    struct Process: Hashable {
        /// How many exchanges it has begun.
        var begun = 0
        var call: Call?
        /// The attempts that it has let in.
        var known: [Owner: Record] = [:]
    }

    /// An exchange under way, with the replies that it got so far.
    struct Call: Hashable {
        let exchange: Exchange
        let known: Record?
        let mark: Owner
        let turnLimit: UInt32
        var replies: [ExchangeReply] = []
        /// Whether an outcome had been acknowledged when it began.
        var followsOutcome = false

        /// What is to be done next.
        var work: TierWork {
            var work = TierExchange(exchange, known: known, mark: mark, turnLimit: turnLimit).work
            for reply in replies {
                switch work {
                case .front(_, let then), .base(_, let then): work = then(.success(reply))
                case .done: return work
                }
            }
            return work
        }
    }

    /// One of the single registers that would explain what was replied so far.
    struct Explanation: Hashable {
        var register = Register()
        /// The replies of calls that have taken effect and not returned.
        var replies: [Int: SeenReply] = [:]
    }

    var front: [RecordID: Register] = [:]
    var base = Register()
    var lastFence = Fence(0)
    var processes: [Process]
    var explanations: Set<Explanation> = [Explanation()]
    /// The records that exchanges have stored last, by owner.
    var records: [Owner: Record] = [:]
    /// How often the store in front has yet to lose everything.
    var lossesLeft: Int
    var hasLost = false
    /// The outcome that was acknowledged.
    var outcome: Outcome?
}

/// A reply without its stamps.
struct SeenReply: Hashable, CustomStringConvertible {
    let isStored: Bool
    let owner: Owner?
    let attempt: UInt32?
    let renewals: UInt32?
    let checkpoint: [UInt8]?
    let outcome: Outcome?
    let doubt: Doubt?

    init(_ reply: ExchangeReply) {
        isStored = if case .stored = reply { true } else { false }
        let record = reply.record
        owner = record?.owner
        attempt = record?.attempt
        renewals = record?.renewals
        checkpoint = record?.checkpoint
        if case .completed(let outcome, _, _)? = record?.state { self.outcome = outcome } else { outcome = nil }
        if case .inDoubt(let doubt, _)? = record?.state { self.doubt = doubt } else { doubt = nil }
    }

    var description: String {
        let state =
            outcome.map { "outcome \($0.bytes)" } ?? doubt.map { "\($0)" } ?? (owner == nil ? "nothing" : "running")
        return "\(isStored ? "stored" : "conflict with") \(state) of \(owner?.high ?? 0)"
    }
}
