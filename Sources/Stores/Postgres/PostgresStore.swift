public import Idempotency
import IdempotencyLanes
public import Logging

/// Records in a PostgreSQL database: for more than one machine, with the durability that the server has.
///
/// Exchanges go through a few lanes: a thread with a connection each, which makes all that has queued up one
/// transaction, sends it in one round trip and answers after its commit. A key always takes the same lane of a process;
/// between processes the server's locks decide. Exchanges that write nothing have a lane of their own, so that they do
/// not wait for the commits of others; so have listing and sweeping, and waiting.
public final class PostgresStore: SubmittingStore {
    /// What the server promises of an answered write, as found when the store was opened.
    public var durability: Durability { context.durability }

    /// What the store has done since it was opened.
    public var statistics: Statistics { context.statistics.current }

    let context: StoreContext
    let side: Lane<StoreWorker>
    let listener: Listener
    private let lanes: [Lane<StoreWorker>]
    private let looks: Lane<StoreWorker>

    private init(
        context: StoreContext, lanes: [Lane<StoreWorker>], looks: Lane<StoreWorker>, side: Lane<StoreWorker>,
        listener: Listener
    ) {
        self.context = context
        self.lanes = lanes
        self.looks = looks
        self.side = side
        self.listener = listener
    }

    deinit {
        for lane in lanes { lane.close() }
        looks.close()
        side.close()
        listener.close()
    }

    /// Opens the store of a database, and makes its tables where there are none.
    ///
    /// - Parameters:
    ///   - url: Where the server is and how to get in: `postgres://USER:PASSWORD@HOST:PORT,HOST2/DATABASE?sslmode=…`,
    ///     or anything else that libpq reads (PostgreSQL manual, "Connection Strings"). Of several hosts the primary is
    ///     taken. The tables are those in the `search_path`.
    ///   - configuration: How to open it.
    ///   - logger: Where to say what an operator should know.
    /// - Throws: `StoreError` that names the server and says what to do: not reachable, not let in, a standby, a
    ///   setting under which answered writes may be lost, tables of a newer version.
    public static func open(
        _ url: String, configuration: Configuration = Configuration(), logger: Logger
    ) async throws(StoreError) -> PostgresStore {
        let address = try ServerAddress(url)
        let opening = StoreOpening(address: address, configuration: configuration, logger: logger)
        let (side, context) = try await Lane.start(
            name: "once-pg-side", limits: LaneLimits(capacity: 1024, batch: 16, idleDelay: .seconds(3600))
        ) { () throws(StoreError) in try opening.open() }
        let count = max(configuration.connections, 1)
        let limits = LaneLimits(
            capacity: max(configuration.queueLimit / count, 1), batch: configuration.batchLimit,
            idleDelay: .seconds(3600))
        func lane(_ name: String) async throws(StoreError) -> Lane<StoreWorker> {
            try await Lane.start(name: "once-pg-\(name)", limits: limits) { () throws(StoreError) in
                (StoreWorker(opening.keeper(isForExchanges: true), context: context), ())
            }.lane
        }
        var lanes: [Lane<StoreWorker>] = []
        for number in 0..<count { lanes.append(try await lane("\(number)")) }
        let listener = await Listener.start(opening.keeper(isForExchanges: false), context: context)
        return PostgresStore(
            context: context, lanes: lanes, looks: try await lane("looks"), side: side, listener: listener)
    }

    /// Replaces the record of a key if it is the expected one; answers after the commit.
    ///
    /// Cancelling the calling task changes nothing: the answer comes within the time-out of the configuration.
    public func exchange(_ exchange: Exchange) async throws(StoreError) -> ExchangeReply {
        let result = await withCheckedContinuation { continuation in
            submit(exchange) { continuation.resume(returning: $0) }
        }
        return try result.get()
    }

    /// Queues an exchange; `completion` is called on the lane's thread after the commit, or at once with a refusal when
    /// the record is too large, the queue is full or the store is closed.
    public func submit(
        _ exchange: Exchange, completion: @escaping @Sendable (Result<ExchangeReply, StoreError>) -> Void
    ) {
        let limit = context.configuration.recordLimit
        if let size = exchange.next?.contentSize, size > limit {
            let message = "The record has \(size) bytes; the PostgreSQL store takes \(limit)."
            completion(.failure(StoreError(.tooLarge, message, effect: .notApplied)))
            return
        }
        let lane = exchange.isWrite ? lanes[Int(exchange.id.digest.words.1 % UInt64(lanes.count))] : looks
        lane.submit(.exchange(exchange, until: .now + context.configuration.requestTimeout, completion))
    }

    /// Closes the store: refuses what is queued, finishes the batches at work and ends the connections. May be called
    /// again.
    public func close() async {
        listener.close()
        for lane in lanes + [looks] { lane.close() }
        for lane in lanes + [looks] { await lane.shutDown() }
        await side.shutDown()
        await listener.shutDown()
    }

    /// Works with a connection that is not for exchanges, on its thread.
    func onSide<Result: Sendable>(
        _ body: @escaping @Sendable (Connection, ContinuousClock.Instant) throws -> Result
    ) async throws(StoreError) -> Result {
        let deadline = ContinuousClock.now + context.configuration.requestTimeout
        while true {
            let result: Swift.Result<Result, any Error> = await withCheckedContinuation { continuation in
                side.submit(
                    .work(until: deadline) { connection in
                        let result = Swift.Result { try body(try connection.get(), deadline) }
                        if case .failure(let failure as PostgresFailure) = result, failure.meaning == .reconnect {
                            try? connection.get().giveUp()
                        }
                        continuation.resume(returning: result)
                    })
            }
            switch result {
            case .success(let value): return value
            // What is done here may be done twice: over a new connection, where the old one was broken.
            case .failure(let failure as PostgresFailure) where failure.meaning == .reconnect && deadline > .now:
                continue
            case .failure(let error): throw Self.storeError(of: error)
            }
        }
    }

    /// An error of reading as the callers of a store see it.
    private static func storeError(of error: any Error) -> StoreError {
        switch error {
        case let error as StoreError: error
        case let damage as RecordRow.Damage: damage.error
        case let failure as PostgresFailure: failure.storeError(.notApplied)
        default: StoreError(.unavailable, "The PostgreSQL store failed: \(error).", effect: .notApplied, cause: error)
        }
    }
}

extension PostgresStore {
    /// What a store has done since it was opened.
    public struct Statistics: Hashable, Sendable {
        /// How many exchanges were answered.
        public var exchanges = 0
        /// In how many batches; each was one transaction, unless something came in between.
        public var batches = 0
        /// How often a batch was sent again over a new connection, because the one that it was sent over broke.
        public var reconnections = 0
    }
}
