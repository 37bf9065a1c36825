import Idempotency
import Synchronization

/// A store with one thing wrong with it: what the conformance suite is there to find.
final class BrokenStore: RecordStore, SweepingStore, RewritingStore {
    enum Bug: String, CaseIterable {
        case lostUpdate, staleRead, checkThenSet, fenceStartsOver, fenceOfARenewal, livesOneMicrosecondLonger
        case tellsTheExpired, ignoresRenewals, ignoresHalfTheOwner, looksUpHalfTheID, truncatesAtNUL, normalisesText
        case dropsCheckpoints, roundsItsStamps, stampsLate, clockRunsBack, expiresDoubts, sweepsTheLapsed
        case sweepsAllAtOnce, completesTwice, forgetsLargeOutcomes
        case rewritesAnything, rewritingCountsAsRenewal
    }

    private struct Contents {
        var registers: [RecordID: Register] = [:]
        var previous: [RecordID: Record] = [:]
        var lastFence = Fence(0)
        var calls = 0
    }

    private let bug: Bug
    private let clock: any StoreClock
    private let contents = Mutex(Contents())

    init(_ bug: Bug, clock: any StoreClock = .system) {
        self.bug = bug
        self.clock = clock
    }

    func exchange(_ exchange: Exchange) async throws(StoreError) -> ExchangeReply {
        if bug == .checkThenSet {
            let held = contents.withLock {
                exchange.expecting.holds(for: $0.registers[exchange.id]?.record, at: clock.now)
            }
            await Task.yield()
            return apply(exchange, unlooked: held)
        }
        return apply(exchange)
    }

    private func apply(_ exchange: Exchange, unlooked: Bool = false) -> ExchangeReply {
        contents.withLock { contents in
            contents.calls += 1
            let id = bug == .looksUpHalfTheID ? exchange.id.half : exchange.id
            let now = time(contents.calls)
            let stored = contents.registers[id]?.record.map { broken(view: $0, at: now, exchange) }
            var register = Register(stored)
            if bug == .fenceStartsOver, register.current(at: now) == nil { contents.lastFence = Fence(0) }
            let unlooked = unlooked || bug == .lostUpdate
            if unlooked { register = Register() }
            var reply = register.exchange(
                expecting: unlooked ? .vacant : exchange.expecting, next: exchange.next.map { broken(draft: $0) },
                now: now,
                lastFence: &contents.lastFence)
            if case .stored(let record?, _) = reply, let changed = broken(record: record, exchange) {
                register = Register(changed)
                reply = .stored(bug == .stampsLate ? changed : record, now: now)
            }
            if case .conflict(let record?, _) = reply, bug == .staleRead {
                reply = .conflict(contents.previous[id] ?? record, now: now)
            }
            if case .conflict(nil, _) = reply, bug == .tellsTheExpired { reply = .conflict(stored, now: now) }
            if case .stored = reply {
                contents.previous[id] = contents.registers[id]?.record
                contents.registers[id] = register
            }
            return reply
        }
    }

    func sweep(limit: Int) async throws(StoreError) -> Int {
        contents.withLock { contents in
            let now = clock.now
            let gone = contents.registers.filter { _, register in
                guard let record = register.record else { return false }
                if bug == .sweepsTheLapsed, case .running = record.state, !record.hasLiveLease(at: now) { return true }
                return record.isExpired(at: now)
            }
            let ids = bug == .sweepsAllAtOnce ? Array(gone.keys) : Array(gone.keys.prefix(limit))
            for id in ids { contents.registers[id] = nil }
            return ids.count
        }
    }

    func rewrite(_ id: RecordID, seen: Record, as content: RecordContent) async throws(StoreError) -> Bool {
        contents.withLock { contents in
            guard let record = contents.registers[id]?.record, bug == .rewritesAnything || record.isAtPoint(of: seen)
            else { return false }
            var next = record.holding(content)
            if bug == .rewritingCountsAsRenewal { next.renewals += 1 }
            contents.registers[id] = Register(next)
            return true
        }
    }
}

extension BrokenStore {
    private func time(_ calls: Int) -> Timestamp {
        let now = clock.now
        switch bug {
        case .clockRunsBack where calls % 10 == 9: return now + .milliseconds(-5)
        default: return now
        }
    }

    /// What the store believes to have, in the face of this exchange.
    private func broken(view record: Record, at now: Timestamp, _ exchange: Exchange) -> Record {
        var record = record
        switch (bug, record.state, exchange.expecting) {
        case (.livesOneMicrosecondLonger, .completed(let outcome, let at, let expires), _) where expires == now:
            record.state = .completed(outcome, at: at, expires: expires + .microseconds(1))
        case (.ignoresRenewals, _, .unrenewed(let owner, let renewals)) where owner == record.owner:
            record.renewals = renewals
        case (.ignoresHalfTheOwner, _, .running(let owner)) where owner.low == record.owner.low:
            record.owner = owner
        case (.expiresDoubts, .inDoubt(_, let since), _) where since + .milliseconds(30) <= now:
            record.state = .completed(Outcome(.failure, []), at: since, expires: since)
        case (.completesTwice, .completed, .running(let owner)) where owner == record.owner:
            record.state = .running(leaseEnd: now)
        default: break
        }
        return record
    }

    private func broken(draft: Draft) -> Draft {
        var draft = draft
        if bug == .fenceOfARenewal { draft.fence = nil }
        if bug == .dropsCheckpoints { draft.checkpoint = [] }
        return draft
    }

    /// What is kept instead of the record that was asked for.
    private func broken(record: Record, _ exchange: Exchange) -> Record? {
        var record = record
        switch bug {
        case .truncatesAtNUL: record.label.key = String(record.label.key.prefix { $0 != "\u{0}" })
        case .normalisesText:
            if record.label.key == "cafe\u{301}" { record.label.key = "caf\u{E9}" }
        case .stampsLate:
            guard case .running(let leaseEnd) = record.state else { return nil }
            record.state = .running(leaseEnd: leaseEnd + .milliseconds(-1))
        case .roundsItsStamps:
            guard case .running(let leaseEnd) = record.state else { return nil }
            record.state = .running(leaseEnd: Timestamp(microseconds: leaseEnd.microseconds / 1_000 * 1_000))
        case .forgetsLargeOutcomes:
            guard case .completed(let outcome, let at, let expires) = record.state, outcome.bytes.count > 500_000 else {
                return nil
            }
            record.state = .completed(Outcome(outcome.kind, []), at: at, expires: expires)
        default: return nil
        }
        return record
    }
}

extension RecordID {
    fileprivate var half: RecordID { RecordID(Digest(digest.words.0, digest.words.1, 0, 0)) }
}
