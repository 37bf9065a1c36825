import AsyncHTTPClient
public import Idempotency
import NIOCore

/// Records in a table of Amazon DynamoDB: the store for services that run on AWS and want no server of their own.
///
/// An exchange is one conditional write, whose refusal brings back what is there. DynamoDB has no clock that a
/// condition could read: stamps are made by this program, whose clock is held to the server's `Date`, and leases of
/// others are judged by watching them (`Configuration.clockTolerance`).
///
/// What was sent and not answered is read back and recognised by its mark; what is not known by the deadline is
/// *unknown*: the engine repeats it and recognises its own owner.
public final class DynamoDBStore: SubmittingStore {
    /// What the store has done since it was opened.
    public struct Statistics: Hashable, Sendable {
        /// How many exchanges were answered.
        public var exchanges = 0
        /// How many calls were repeated: throttled, lost, refused for a moment.
        public var repeats = 0
        /// How many calls were throttled.
        public var throttled = 0
        /// How many writes without an answer were found to have been done.
        public var recognised = 0
        /// How often the clock was corrected by the server's.
        public var clockCorrections = 0
    }

    /// What the store has done since it was opened.
    public var statistics: Statistics { context.statistics }

    /// What is promised about answered writes, in a line.
    public var promise: String { report.promise }

    let context: StoreContext
    let report: TableReport

    init(context: StoreContext, report: TableReport) {
        self.context = context
        self.report = report
    }

    /// Replaces the record of a key if it is the expected one; answers after DynamoDB did.
    ///
    /// Cancelling the calling task changes nothing: the answer is never more than the time-out away.
    public func exchange(_ exchange: Exchange) async throws(StoreError) -> ExchangeReply {
        let result = await withCheckedContinuation { continuation in
            submit(exchange) { continuation.resume(returning: $0) }
        }
        return try result.get()
    }

    /// Sends an exchange; `completion` is called on an event loop when DynamoDB has answered, or at once with a refusal
    /// when the record is too large, too much is under way or the store is closed.
    public func submit(
        _ exchange: Exchange, completion: @escaping @Sendable (Result<ExchangeReply, StoreError>) -> Void
    ) {
        do throws(StoreError) {
            try context.enter()
        } catch {
            return completion(.failure(error))
        }
        ExchangeRun(
            exchange: exchange, mark: Owner.fresh().description,
            deadline: context.clock.uptime + context.configuration.timeout, context: context
        ) { [context] result in
            if case .success = result { context.count { $0.exchanges += 1 } }
            completion(result)
            context.leave()
        }.start()
    }

    /// Closes the store: refuses what comes, and waits for what is under way. May be called again.
    public func close() async {
        guard await context.finish() else { return }
        try? await context.client.http.shutdown()
    }
}
