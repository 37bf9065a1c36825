public import Idempotency
import IdempotencyEmbedded
import IdempotencyLanes
public import Logging

/// Records in a RocksDB database: the embedded store for high rates and many keys, durable and without a server.
///
/// Exchanges go through one lane: a thread that looks up all that has queued up in one call, writes what follows from
/// it as one synced batch, and answers after that. Listings have a lane of their own and hold nobody up. One process at
/// a time may have the directory open.
///
/// Expired records fall away when RocksDB compacts its files. Retention is counted on the wall clock; leases are
/// counted on the boot clock, so that setting the clock neither ends nor prolongs one.
public final class RocksDBStore: SubmittingStore {
    /// Where the store lies.
    public var directory: String { context.directory }

    /// What the store has done since it was opened.
    public var statistics: Statistics {
        let counts = context.statistics.current
        return Statistics(
            exchanges: counts.exchanges, batches: counts.batches, removedByCompaction: context.filter.removed)
    }

    /// What messages call it.
    static let kind = "RocksDB"

    let context: StoreContext
    let lane: Lane<StoreWorker>
    let reader: Lane<StoreReader>

    private init(context: StoreContext, lane: Lane<StoreWorker>, reader: Lane<StoreReader>) {
        self.context = context
        self.lane = lane
        self.reader = reader
    }

    deinit {
        reader.close()
        lane.close()
    }

    /// Opens the store in `directory`, and makes it where there is none.
    ///
    /// - Parameters:
    ///   - directory: A directory of its own on a local disk; it is made if only its parent is there.
    ///   - configuration: How to open it.
    ///   - logger: Where to say what an operator should know.
    /// - Throws: `StoreError` that names the directory and says what to do: no parent directory, no right to write,
    ///   other files in it, a newer format, damage, a network file system, another process that has it open.
    public static func open(
        _ directory: String, configuration: Configuration = Configuration(), logger: Logger
    ) async throws(StoreError) -> RocksDBStore {
        try await open(StoreOpening(directory: directory, configuration: configuration, logger: logger, space: nil))
    }

    static func open(_ opening: StoreOpening) async throws(StoreError) -> RocksDBStore {
        let limits = LaneLimits(
            capacity: opening.configuration.queueLimit, batch: opening.configuration.batchLimit,
            idleDelay: .seconds(1))
        let (lane, (context, handover)) = try await Lane.start(name: "once-rocksdb", limits: limits) {
            () throws(StoreError) in
            let (context, database, lastFence) = try opening.open()
            return (StoreWorker(database, context: context, lastFence: lastFence), (context, Handover(database)))
        }
        let reading = LaneLimits(capacity: 1024, batch: 1)
        let (reader, ()) = await Lane<StoreReader>.start(name: "once-rocksdb-ls", limits: reading) {
            () throws(Never) in
            (StoreReader(handover.take(), context: context), ())
        }
        return RocksDBStore(context: context, lane: lane, reader: reader)
    }

    /// Replaces the record of a key if it is the expected one; answers after the synced write.
    ///
    /// Cancelling the calling task changes nothing: the answer is never more than a write away.
    public func exchange(_ exchange: Exchange) async throws(StoreError) -> ExchangeReply {
        try await lane.exchange(exchange, sizeLimit: context.configuration.recordLimit, kind: Self.kind)
    }

    /// Queues an exchange; `completion` is called on the lane's thread after the write, or at once with a refusal when
    /// the record is too large, the queue is full or the store is closed.
    public func submit(
        _ exchange: Exchange, completion: @escaping @Sendable (Result<ExchangeReply, StoreError>) -> Void
    ) {
        lane.submit(
            exchange, sizeLimit: context.configuration.recordLimit, kind: Self.kind, completion: completion)
    }

    /// Closes the store: refuses what is queued, finishes the batch at work, and gives the directory up. Attempts that
    /// it left running are then known to be interrupted. May be called again.
    public func close() async {
        await reader.shutDown()
        await lane.shutDown()
    }
}

extension RocksDBStore {
    /// What a store has done since it was opened.
    public struct Statistics: Hashable, Sendable {
        /// How many exchanges were answered.
        public var exchanges = 0
        /// In how many batches; each was one write at most.
        public var batches = 0
        /// How many expired records compaction has removed.
        public var removedByCompaction = 0
    }
}
