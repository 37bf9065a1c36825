/// One caller's way through the protocol, from the claim to the answer: a state machine without I/O.
///
/// Events go in as mutating methods, effects come out as a value; time and identity are arguments. Two shells drive it:
/// `Once` with async/await, the gateway with event-loop callbacks. The explorer in `IdempotencyTestKit` walks through
/// it.
///
///     begin ─▶ claiming ─▶ operating ─▶ settling ─▶ done
///                 │  ▲                    ▲         ▲ │
///                 ▼  │                    └─────────┼─┘  (a late end settles the doubt that the attempt left)
///               waiting ────────────────────────────┘  (an answer without running)
package struct Execution: Hashable, Sendable {
    /// Where an execution stands.
    enum Phase: Hashable, Sendable {
        /// Nothing was asked of the store yet.
        case idle
        /// A claim, a takeover or the note of a doubt is under way or to be repeated; ends with a reply or when
        /// patience does.
        case claiming(Exchange)
        /// Another attempt is running; the store is asked again at `wake`, or a nudge comes earlier.
        case waiting
        /// The attempt owns the key and the operation (or the reconciliation) runs.
        case operating
        /// The operation has ended and the settlement is being written.
        case settling(Settlement)
        /// Nothing more will be written by this execution, unless a late end settles the doubt that it left.
        case done
    }

    /// How the attempt is to be recorded.
    enum Settlement: Hashable, Sendable {
        case complete(Outcome)
        case release
        case doubt(Doubt)
        /// Nobody could be asked: the lease ends at once, so that the next caller takes over and asks again.
        case lapse
    }

    package let request: Request
    package let terms: Terms
    /// The identity of this attempt; a takeover uses the same one, as it was never written before.
    package let owner: Owner
    /// Why no new key may be claimed; what is there already is dealt with as ever.
    let excess: QuotaExcess?

    var phase: Phase = .idle {
        didSet {
            if case .done = phase { isDone = true } else { isDone = false }
            if case .waiting = phase { isWaiting = true } else { isWaiting = false }
        }
    }
    /// Nothing more will be written by this execution, unless a late end comes.
    package private(set) var isDone = false
    /// Another attempt is running, and this execution waits for its end.
    package private(set) var isWaiting = false
    /// The record as this attempt wrote it last.
    package internal(set) var record: Record?
    /// When the wait for a free key or for an answer of the store ends.
    var patienceEnd = Moment(nanoseconds: .max)
    var waitEnd: Moment?
    var retries = 0
    /// The renewal that is under way or to be repeated.
    var renewal: Renewal?
    /// The recovery point to be written with the next renewal.
    var queuedCheckpoint: [UInt8]?
    /// Until when this attempt may believe that it runs alone: what was left of the lease by the store's clock, counted
    /// from the *sending* of the last good write.
    package internal(set) var leaseEnd = Moment(nanoseconds: .min)
    /// When the claim under way was sent.
    var sent = Moment(nanoseconds: .min)
    /// The answer that was too large for the store; its own caller still gets it.
    var oversized: Outcome?
    /// The lease is lost: someone else has the key, or the watchdog fired.
    package internal(set) var isLeaseLost = false
    /// The operation was started by this execution, so that its end is ours to judge.
    var hasOperated = false
    /// The question of the reconciliation is under way instead of the operation.
    package internal(set) var isReconciling = false
    /// The caller has been told.
    package internal(set) var isAnswered = false
    /// This attempt ended in doubt, and a late end may still say what became of it.
    package internal(set) var isDoubtOpen = false
    /// A late end that waits for the answer to the write of the doubt.
    var lateSettlement: Settlement?
    /// What is being written is a late end.
    var isLate = false
    /// The doubt that this execution waits on, because the attempt that left it is still expected to end.
    var awaitedDoubt: Doubt?
    /// Whether a doubt is worth waiting on, as far as the wait goes: its own attempt is still expected to end.
    package internal(set) var expectsLateEnd = false
    /// When `tick` wants to be called next, or `nil` for never.
    package internal(set) var wake: Moment?

    struct Renewal: Hashable, Sendable {
        var exchange: Exchange
        var checkpoint: [UInt8]?
        var sent: Moment
        var inFlight: Bool
    }

    /// An execution of `request` by a fresh attempt.
    ///
    /// - Parameter excess: The quota that does not allow a new key, if so.
    package init(_ request: Request, terms: Terms, owner: Owner, excess: QuotaExcess? = nil) {
        self.excess = excess
        self.request = request
        self.terms = terms
        self.owner = owner
    }

    /// The claim has succeeded and the operation or the reconciliation has not ended.
    package var isOperating: Bool { if case .operating = phase { true } else { false } }

    /// The operation has ended and how is being written.
    var isSettling: Bool { if case .settling = phase { true } else { false } }

    /// The fence of this attempt once it has claimed the key.
    package var fence: Fence? { record?.fence }
}
