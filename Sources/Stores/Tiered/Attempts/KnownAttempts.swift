import Idempotency
import Synchronization

/// The attempts that were let in through this process and have not ended, with their records as last written.
///
/// An exchange that expects an attempt takes it away for as long as it lasts, so that of two at once only one believes
/// that it knows. What is here saves a look at the store in front, and tells a claim that it has lost from one that
/// somebody has ended.
final class KnownAttempts: Sendable {
    private struct Attempt: Hashable {
        let id: RecordID
        let owner: Owner
    }

    private let records: Mutex<LeastRecentlyUsed<Attempt, Record>>

    /// No attempts, and never more than `limit`.
    init(limit: Int = 100_000) {
        records = Mutex(LeastRecentlyUsed(countLimit: limit, sizeLimit: .max))
    }

    /// Takes the attempt away that an exchange expects.
    func take(for exchange: Exchange) -> Record? {
        guard let owner = exchange.expecting.attempt else { return nil }
        let attempt = Attempt(id: exchange.id, owner: owner)
        return records.withLock { records in
            let record = records.value(for: attempt)
            records.remove(attempt)
            return record
        }
    }

    /// Takes note of how an exchange ended; `known` is what was taken away for it.
    func note(_ result: Result<ExchangeReply, StoreError>, of exchange: Exchange, known: Record?) {
        guard let record = Self.surviving(result, of: exchange, known: known) else { return }
        let attempt = Attempt(id: exchange.id, owner: record.owner)
        records.withLock { $0.insert(record, size: 1, for: attempt) }
    }

    /// The attempt that goes on.
    static func surviving(
        _ result: Result<ExchangeReply, StoreError>, of exchange: Exchange, known: Record?
    ) -> Record? {
        switch result {
        case .success(.stored(let record?, _)):
            // Of an attempt that another process has let in, only that one may believe that it knows.
            let isLetIn = record.owner != exchange.expecting.attempt
            return record.isRunning && (isLetIn || known != nil) ? record : nil
        case .success(.stored(nil, _)): return nil
        case .success(.conflict(let record, _)):
            guard let known else { return nil }
            if let record, record.owner == known.owner { return record.isRunning ? record : nil }
            // What others want to do to an attempt and fail with does not end it.
            return exchange.next?.owner == known.owner ? nil : known
        case .failure: return known
        }
    }
}
