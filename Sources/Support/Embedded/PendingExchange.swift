package import Idempotency

/// An exchange that waits for the lane, and whom to tell how it went.
///
/// An object: it goes through queues and batches without a copy of the record that is to be written.
package final class PendingExchange: Sendable {
    /// What is asked.
    package let exchange: Exchange
    /// Whether it is a claim: the store stamps a fence then.
    package let isClaim: Bool
    /// Is called once, with the answer.
    package let completion: @Sendable (Result<ExchangeReply, StoreError>) -> Void

    /// Which key.
    package var id: RecordID { exchange.id }

    /// An exchange that is about to be queued.
    package init(_ exchange: Exchange, completion: @escaping @Sendable (Result<ExchangeReply, StoreError>) -> Void) {
        self.exchange = exchange
        isClaim = exchange.next.map { $0.fence == nil } ?? false
        self.completion = completion
    }
}
