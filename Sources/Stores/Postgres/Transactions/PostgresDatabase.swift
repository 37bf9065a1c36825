public import Idempotency
import IdempotencyLanes
public import Logging
import Synchronization

/// The user's database: connections for transactions in which a key and the business rows commit together.
///
///     let database = try await PostgresDatabase.open("postgres://app@db/shop", logger: logger)
///     let receipt = try await once.transaction(key, scope: "payments", request: order, in: database) { tx, attempt in
///         try tx.execute("INSERT INTO payment (id, amount) VALUES ($1, $2)", .text(order.id), .integer(order.amount))
///         return Receipt(id: order.id)
///     }
///
/// The records are those of a `PostgresStore` on the same database: open one to list them and to sweep what has
/// expired.
public final class PostgresDatabase: Sendable {
    /// How a database is opened.
    public struct Configuration: Sendable {
        /// How many transactions are at work at once. Eight: more than the cores of a small server keep busy.
        public var connections: Int = 8
        /// How many more may wait for a connection, all together.
        public var queueLimit: Int = 1024
        /// How long a transaction may take, waiting for a connection included.
        public var timeout: Duration = .seconds(30)
        /// How a duplicate is treated that comes while the first is at work.
        public var duplicates: Duplicates = .wait(.seconds(5))
        /// What is refused of the server, what a commit waits for, and how the tables are made; see `PostgresStore`.
        public var store = PostgresStore.Configuration()

        /// The defaults.
        public init() {}
    }

    /// How a duplicate is treated that comes while the first is at work.
    public enum Duplicates: Hashable, Sendable {
        /// It is refused as in progress.
        case refuse
        /// It waits for the first to end, so long at most, and then gets its result.
        case wait(Duration)
    }

    /// How it was opened.
    public let configuration: Configuration

    private let lanes: [Lane<StoreWorker>]
    private let load: Mutex<[Int]>

    private init(_ configuration: Configuration, lanes: [Lane<StoreWorker>]) {
        self.configuration = configuration
        self.lanes = lanes
        load = Mutex(lanes.map { _ in 0 })
    }

    deinit {
        for lane in lanes { lane.close() }
    }

    /// Opens a database, and makes the tables for the keys where there are none.
    ///
    /// - Throws: `StoreError`, as `PostgresStore.open` does.
    public static func open(
        _ url: String, configuration: Configuration = Configuration(), logger: Logger
    ) async throws(StoreError) -> PostgresDatabase {
        var store = configuration.store
        store.requestTimeout = configuration.timeout
        let opening = StoreOpening(address: try ServerAddress(url), configuration: store, logger: logger)
        let count = max(configuration.connections, 1)
        let limits = LaneLimits(
            capacity: max(configuration.queueLimit / count, 1), batch: 1, idleDelay: .seconds(3600))
        let (first, context) = try await Lane.start(name: "once-pg-tx-0", limits: limits) { () throws(StoreError) in
            try opening.open()
        }
        var lanes = [first]
        for number in 1..<max(count, 1) {
            let started = try await Lane.start(name: "once-pg-tx-\(number)", limits: limits) { () throws(StoreError) in
                (StoreWorker(opening.keeper(isForExchanges: false), context: context), ())
            }
            lanes.append(started.lane)
        }
        return PostgresDatabase(configuration, lanes: lanes)
    }

    /// Runs a transaction without any key. What `body` throws rolls it back.
    ///
    /// - Parameter body: Runs on a thread of its own, which it may block.
    public func transaction<Value: Sendable>(
        _ body: @escaping @Sendable (PostgresTransaction) throws -> Value
    ) async throws -> Value {
        try await onConnection { connection, deadline in
            try TransactionSteps.begin(on: connection, until: deadline)
            do {
                let value = try body(PostgresTransaction(connection, until: deadline))
                try Commit.run(on: connection, until: deadline)
                return value
            } catch {
                _ = connection.rollBack(until: deadline)
                throw error
            }
        }
    }

    /// Ends the connections; transactions at work are finished. May be called again.
    public func close() async {
        for lane in lanes { lane.close() }
        for lane in lanes { await lane.shutDown() }
    }

    /// Works with the connection that has least to do.
    func onConnection<Value: Sendable>(
        _ body: @escaping @Sendable (Connection, ContinuousClock.Instant) throws -> Value
    ) async throws -> Value {
        let deadline = ContinuousClock.now + configuration.timeout
        let index = load.withLock { load in
            let index = load.indices.min { load[$0] < load[$1] } ?? 0
            load[index] += 1
            return index
        }
        defer { load.withLock { $0[index] -= 1 } }
        while true {
            let result: Result<Value, any Error> = await withCheckedContinuation { continuation in
                lanes[index].submit(
                    .work(until: deadline) { connection in
                        let result = Result {
                            let connection = try connection.get()
                            guard deadline > .now else { throw StoreContext.full }
                            return try body(connection, deadline)
                        }
                        if case .failure(let unbegun as Unbegun) = result, unbegun.cause.meaning == .reconnect {
                            try? connection.get().giveUp()
                        }
                        continuation.resume(returning: result)
                    })
            }
            // A connection that had broken while nobody used it: nothing was begun, so a new one does as well.
            if case .failure(let unbegun as Unbegun) = result {
                guard unbegun.cause.meaning == .reconnect, deadline > .now else {
                    throw unbegun.cause.storeError(.notApplied)
                }
                continue
            }
            return try result.get()
        }
    }
}
