import Idempotency
import NIOCore
import Synchronization

/// Where duplicates wait for the running attempt of the same process, over all event loops; they are woken without the
/// store.
final class WaitingRoom: Sendable {
    private struct Guest {
        let exchange: NIOLoopBound<GuardedExchange>
        let identity: ObjectIdentifier
        let mailbox: Mailbox
    }

    private let guests = Mutex<[RecordID: [Guest]]>([:])
    private let count = Atomic<Int>(0)
    /// The keys whose attempts were given up and may still end.
    private let open = Mutex<Set<RecordID>>([])
    private let openCount = Atomic<Int>(0)
    private let limit: Atomic<Int>
    private let limitPerKey: Atomic<Int>
    /// Who hears of other processes, if the store tells.
    private let lookout: Lookout?

    init(limits: GatewayLimits, lookout: Lookout? = nil) {
        self.lookout = lookout
        limit = Atomic(limits.waiters)
        limitPerKey = Atomic(limits.waitersPerKey)
    }

    /// From now on so many may wait; those who do go on.
    func adopt(_ limits: GatewayLimits) {
        limit.store(limits.waiters, ordering: .relaxed)
        limitPerKey.store(limits.waitersPerKey, ordering: .relaxed)
    }

    /// Lets an exchange wait for the end of the attempt under `id`, unless too many do.
    func enter(_ exchange: GuardedExchange, of id: RecordID, mailbox: Mailbox, on eventLoop: any EventLoop) -> Bool {
        let guest = Guest(
            exchange: NIOLoopBound(exchange, eventLoop: eventLoop), identity: ObjectIdentifier(exchange),
            mailbox: mailbox)
        let isIn = guests.withLock { guests in
            guard count.load(ordering: .relaxed) < limit.load(ordering: .relaxed),
                guests[id, default: []].count < limitPerKey.load(ordering: .relaxed)
            else { return false }
            guests[id, default: []].append(guest)
            count.add(1, ordering: .relaxed)
            return true
        }
        if isIn { lookout?.watch(id) }
        return isIn
    }

    /// The record under `id` may have been changed by another process: whoever waits for it looks.
    func rouse(_ id: RecordID) {
        let roused = guests.withLock { $0[id] ?? [] }
        for guest in roused { guest.mailbox.post(.look, to: guest.exchange) }
    }

    /// The exchange waits no longer.
    func leave(_ exchange: GuardedExchange, of id: RecordID) {
        guests.withLock { guests in
            guard let index = guests[id]?.firstIndex(where: { $0.identity == ObjectIdentifier(exchange) }) else {
                return
            }
            guests[id]?.remove(at: index)
            if guests[id]?.isEmpty == true { guests[id] = nil }
            count.subtract(1, ordering: .relaxed)
        }
    }

    /// The attempt at `request` has ended: tells all who wait for it. Costs one load when nobody waits at all.
    ///
    /// - Parameter expectsLateEnd: Whether it was only given up, and may still end.
    func announce(_ answer: Answer, of request: Request, expectsLateEnd: Bool = false) {
        guard count.load(ordering: .relaxed) > 0 else { return }
        let woken = guests.withLock { $0[request.id] ?? [] }
        for guest in woken {
            guest.mailbox.post(
                .nudge(answer, of: request.fingerprint, expectsLateEnd: expectsLateEnd), to: guest.exchange)
        }
    }

    /// An attempt was given up and may still end (`true`), or will not end any more (`false`).
    func expectLateEnd(_ isExpected: Bool, of id: RecordID) {
        open.withLock { open in
            let hasChanged = isExpected ? open.insert(id).inserted : open.remove(id) != nil
            if hasChanged { openCount.add(isExpected ? 1 : -1, ordering: .relaxed) }
        }
    }

    /// Whether the attempt under this key was given up and may still end. Costs one load when there is none.
    func expectsLateEnd(of id: RecordID) -> Bool {
        openCount.load(ordering: .relaxed) > 0 && open.withLock { $0.contains(id) }
    }
}
