import GRDB
public import Idempotency
import IdempotencyEmbedded
import IdempotencyLanes
public import Logging

/// Records in an SQLite database: the embedded store, durable and without a server.
///
/// Exchanges go through one lane: a thread with the only writing connection, which makes all that has queued up one
/// transaction and answers after its commit. Listings have a connection of their own and hold nobody up. Several
/// processes of one machine may share the file.
public final class SQLiteStore: SubmittingStore {
    /// Where the database lies.
    public var path: String { context.path }

    /// What the store has done since it was opened.
    public var statistics: Statistics { context.statistics.current }

    /// What messages call it.
    static let kind = "SQLite"

    let context: StoreContext
    let reader: DatabaseQueue
    let lane: Lane<StoreWorker>

    init(context: StoreContext, reader: DatabaseQueue, lane: Lane<StoreWorker>) {
        self.context = context
        self.reader = reader
        self.lane = lane
    }

    deinit {
        lane.close()
    }

    /// Opens the database at `path`, and makes it where there is none.
    ///
    /// - Parameters:
    ///   - path: A file on a local disk, in a directory that can be written. SQLite keeps two more files beside it, the
    ///     store a third (`.locks`).
    ///   - configuration: How to open it.
    ///   - logger: Where to say what an operator should know.
    /// - Throws: `StoreError` that names the file and says what to do: no such directory, no right to write, no SQLite
    ///   database, a newer schema, a network file system, another process in the way.
    public static func open(
        _ path: String, configuration: Configuration = Configuration(), logger: Logger
    ) async throws(StoreError) -> SQLiteStore {
        let opening = StoreOpening(path: path, configuration: configuration, logger: logger)
        let limits = LaneLimits(
            capacity: configuration.queueLimit, batch: configuration.batchLimit, idleDelay: configuration.idleDelay)
        let (lane, (context, reader)) = try await Lane.start(name: "once-sqlite", limits: limits) {
            () throws(StoreError) in
            let (worker, reader) = try opening.open()
            return (worker, (worker.context, reader))
        }
        return SQLiteStore(context: context, reader: reader, lane: lane)
    }

    /// Replaces the record of a key if it is the expected one; answers after the commit.
    ///
    /// Cancelling the calling task changes nothing: the answer is never more than a commit away.
    public func exchange(_ exchange: Exchange) async throws(StoreError) -> ExchangeReply {
        try await lane.exchange(exchange, sizeLimit: context.configuration.recordLimit, kind: Self.kind)
    }

    /// Queues an exchange; `completion` is called on the lane's thread after the commit, or at once with a refusal when
    /// the record is too large, the queue is full or the store is closed.
    public func submit(
        _ exchange: Exchange, completion: @escaping @Sendable (Result<ExchangeReply, StoreError>) -> Void
    ) {
        lane.submit(
            exchange, sizeLimit: context.configuration.recordLimit, kind: Self.kind, completion: completion)
    }

    /// Closes the store: refuses what is queued, finishes the batch at work, cuts the write-ahead log, and gives up the
    /// lock of this instance. Attempts that it left running are then known to be interrupted. May be called again.
    public func close() async {
        await lane.shutDown()
        reader.interrupt()
        try? reader.close()
    }
}

extension SQLiteStore {
    /// What a store has done since it was opened.
    public struct Statistics: Hashable, Sendable {
        /// How many exchanges were answered.
        public var exchanges = 0
        /// In how many batches; each was one transaction, unless it failed.
        public var batches = 0
        /// How often the write-ahead log was copied into the database.
        public var checkpoints = 0
        /// How many pages the write-ahead log had when it was last looked at.
        public var logPages = 0
    }
}
