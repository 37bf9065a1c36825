import Idempotency
import Synchronization

/// Judges whether the lease of an attempt is over, where no clock is common to all.
///
/// Three ways lead to *over*, the first that applies:
///
/// 1. The record was stamped by the clock that judges: by its stamp, exactly.
/// 2. This instance has seen the record unchanged for the length of its lease, on its boot clock: whatever the clocks
///    of others show, the attempt has let that time pass without a renewal. Only the *rate* of two clocks has to agree.
/// 3. The lease has ended by the stamp of the other clock, and then as much time has passed as clocks may differ by
///    (`clockTolerance`): a record that is long dead need not be watched first.
///
/// Until then its lease holds, and the record is shown with the end that this instance will grant at the earliest.
final class LeaseWatch: Sendable {
    private struct Sight {
        let owner: Owner
        let renewals: UInt32
        let write: String
        let since: Duration
    }

    private struct Sights {
        var byID: [RecordID: Sight] = [:]
        var order: [RecordID] = []
    }

    /// How many records are watched at most: of more, the one that was seen first is forgotten, and costs its watcher
    /// another lease. 16,384, some 3 MiB.
    private static let limit = 16_384

    private let tolerance: Duration
    private let sights = Mutex(Sights())

    init(tolerance: Duration) {
        self.tolerance = tolerance
    }

    /// How many records are watched.
    var count: Int { sights.withLock { $0.byID.count } }

    /// The record as this instance may judge it.
    ///
    /// - Parameters:
    ///   - reading: The clock before the item was asked for: by then nothing is known to have changed.
    ///   - seen: The boot clock when the item had come: the write may be as young as that.
    func judge(
        _ item: RecordCoding.StoredItem, of id: RecordID, at reading: ServerClock.Reading, seen: Duration
    ) -> Record? {
        guard var record = item.record else { return nil }
        guard case .running(let leaseEnd) = record.state else {
            forget(id)
            return record
        }
        guard item.clock != String(reading.clock, radix: 16) else { return record }
        let since = sight(of: id, record, item.write, at: seen)
        let watchedEnd = reading.now + (since + item.lease - reading.uptime)
        let end = isTrusted(reading) ? min(leaseEnd + tolerance, watchedEnd) : watchedEnd
        if leaseEnd > reading.now {
            // An attempt whose clock is fast has no longer lease for that.
            record.state = .running(leaseEnd: min(leaseEnd, end))
        } else if end > reading.now {
            record.state = .running(leaseEnd: end)
        }
        return record
    }

    /// Whether stamps of other clocks tell anything: when it is known how far this one may be off, and twice that fits
    /// into the tolerance. With none at all the user vouches for the clocks.
    private func isTrusted(_ reading: ServerClock.Reading) -> Bool {
        if tolerance == .zero { return true }
        guard let uncertainty = reading.uncertainty else { return false }
        return uncertainty * 2 <= tolerance
    }

    /// Since when this very write has been there, as far as this instance has seen.
    private func sight(of id: RecordID, _ record: Record, _ write: String, at uptime: Duration) -> Duration {
        sights.withLock { sights in
            if let sight = sights.byID[id], sight.write == write, sight.owner == record.owner,
                sight.renewals == record.renewals
            {
                return sight.since
            }
            if sights.byID.updateValue(
                Sight(owner: record.owner, renewals: record.renewals, write: write, since: uptime), forKey: id) == nil
            {
                sights.order.append(id)
                trim(&sights)
            }
            return uptime
        }
    }

    private func trim(_ sights: inout Sights) {
        guard sights.order.count > Self.limit else { return }
        // Half at a time, so that it costs nothing on average.
        for id in sights.order.prefix(Self.limit / 2) { sights.byID[id] = nil }
        sights.order.removeFirst(Self.limit / 2)
    }

    private func forget(_ id: RecordID) {
        sights.withLock { sights in
            guard sights.byID.removeValue(forKey: id) != nil else { return }
            if sights.byID.isEmpty { sights.order = [] }
        }
    }
}
