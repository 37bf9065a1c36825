import Idempotency
import IdempotencyLanes

/// What is asked of the lane of a connection.
enum StoreJob: Sendable {
    /// An exchange, to be answered until a deadline.
    case exchange(
        Exchange, until: ContinuousClock.Instant, @Sendable (Result<ExchangeReply, StoreError>) -> Void)
    /// Anything else, with the connection to itself.
    case work(until: ContinuousClock.Instant, @Sendable (Result<Connection, StoreError>) -> Void)

    /// Answers a job that the lane does not take.
    func refuse(because reason: LaneRefusal) {
        let error =
            switch reason {
            case .full: StoreContext.full
            case .closed: StoreContext.closed
            }
        switch self {
        case .exchange(_, _, let completion): completion(.failure(error))
        case .work(_, let body): body(.failure(error))
        }
    }
}
