public import Idempotency

/// The register of one key as a model for histories: the answers that a right store may give.
///
/// Stamps are not predicted but checked: `now` must not run backwards in the order found, a fence must exceed all
/// earlier ones of the key, and everything else must be what `Register` makes of that `now` and that fence. Of an
/// exchange whose reply was lost the stamps are taken from the record as others saw it later; if nobody saw it, it
/// counts as stamped at the time of the exchange before it, which is exact as long as nothing expires in the history.
public struct RegisterHistory: SequentialModel {
    /// What is known of one key at one point of the order.
    public struct State: Hashable, Sendable {
        var register = Register()
        var lastFence = Fence(0)
        var now = Timestamp(microseconds: .min)
    }

    /// Recognises a write in the records that were seen.
    private struct Mark: Hashable {
        let id: RecordID
        let owner: Owner
        let renewals: UInt32
        let kind: Int
    }

    private let seen: [Mark: [Record]]
    private let clockTolerance: Duration

    /// A model for this history.
    ///
    /// - Parameters:
    ///   - replies: All replies with the keys that they are about.
    ///   - clockTolerance: How far `now` may run backwards between exchanges, for stores with several clocks.
    public init(replies: [(id: RecordID, reply: ExchangeReply)], clockTolerance: Duration = .zero) {
        let records = replies.compactMap { entry in entry.reply.record.map { (entry.id, $0) } }
        seen = Dictionary(grouping: records) { Self.mark($0, $1) }.mapValues { $0.map(\.1) }
        self.clockTolerance = clockTolerance
    }

    /// Keys do not affect each other.
    public func part(of input: Exchange) -> RecordID { input.id }

    /// Every key begins vacant.
    public func initialState(of part: RecordID) -> State { State() }

    /// What the register becomes, or `nil` when it would have answered something else.
    public func step(_ state: State, _ input: Exchange, _ output: ExchangeReply?) -> State? {
        let now: Timestamp
        var fence: Fence?
        if let output {
            now = output.now
            if case .stored(let record?, _) = output { fence = record.fence }
        } else {
            // Two writes of the same draft look alike but for their time: it is the first that can come now and is
            // not there already. One of another draft with the same mark is none: it holds something else.
            let written = input.next.flatMap { draft in
                seen[Self.mark(input.id, draft.stamped(at: state.now, fence: state.lastFence))]?
                    .filter { $0 != state.register.record && isOf(draft, $0) }
                    .compactMap { record in stampTime(of: record, draft).map { (time: $0, fence: record.fence) } }
                    .filter { $0.time >= state.now + (.zero - clockTolerance) }
                    .min { $0.time < $1.time }
            }
            now = written?.time ?? state.now
            fence = written?.fence
        }
        guard now >= state.now + (.zero - clockTolerance) else { return nil }
        var next = state
        next.now = max(now, state.now)
        if input.next?.fence == nil, let fence {
            guard fence > state.lastFence else { return nil }
            next.lastFence = Fence(fence.number - 1)
        }
        let reply = next.register.exchange(
            expecting: input.expecting, next: input.next, now: now, lastFence: &next.lastFence)
        if case .conflict = reply { next.lastFence = state.lastFence }
        return output == nil || output == reply ? next : nil
    }

    private static func mark(_ id: RecordID, _ record: Record) -> Mark {
        let kind =
            switch record.state {
            case .running: 0
            case .completed: 1
            case .inDoubt: 2
            }
        return Mark(id: id, owner: record.owner, renewals: record.renewals, kind: kind)
    }

    /// Whether a record may be what became of a draft.
    private func isOf(_ draft: Draft, _ record: Record) -> Bool {
        stampTime(of: record, draft).map { draft.stamped(at: $0, fence: record.fence) == record } ?? false
    }

    /// When a record was stamped, as far as its draft tells.
    private func stampTime(of record: Record, _ draft: Draft?) -> Timestamp? {
        switch (record.state, draft?.state) {
        case (.running(let leaseEnd), .running(let lease)): leaseEnd + (.zero - lease)
        case (.completed(_, let at, _), _): at
        case (.inDoubt(_, let since), _): since
        default: nil
        }
    }
}
