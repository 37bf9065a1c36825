import GRDB
import GRDBSQLite
import Idempotency
import IdempotencyEmbedded
import IdempotencyLanes
import Logging

/// What works on the lane of a store: it has the only writing connection and makes a batch one transaction.
struct StoreWorker: LaneWorker {
    let database: DatabaseQueue
    let context: StoreContext
    private var table: RecordTable?
    private var transaction: TransactionStatements?
    private var log: WriteAheadLog
    private var distrust: StoreError?

    /// Prepares for work on a database that has the tables.
    init(_ database: DatabaseQueue, context: StoreContext) throws {
        self.database = database
        self.context = context
        let log = WriteAheadLog(threshold: context.configuration.checkpointPages)
        self.log = log
        (table, transaction) = try database.writeWithoutTransaction { db in
            guard let connection = db.sqliteConnection else { throw StoreContext.closed }
            log.attach(to: connection)
            return (try RecordTable(from: StatementSource(connection)), try TransactionStatements(on: connection))
        }
    }

    mutating func perform(_ jobs: [StoreJob]) {
        let exchanges = jobs.exchanges
        if !exchanges.isEmpty {
            let answers = database.writeWithoutTransaction { _ in answer(exchanges) }
            context.statistics.count(exchanges: exchanges.count, logPages: log.pages)
            exchanges.complete(answers)
        }
        for case .sweep(let limit, let completion) in jobs {
            completion(database.writeWithoutTransaction { _ in sweep(limit: limit) })
        }
        for case .rewrite(let pending) in jobs {
            pending.completion(database.writeWithoutTransaction { _ in rewrite(pending) })
        }
        log.copyIfLong(database, context: context)
    }

    mutating func idle() {
        log.empty(database, context: context)
    }

    mutating func close() {
        log.empty(database, context: context)
        table = nil
        transaction = nil
        context.lock.giveUp(context.instance)
        do {
            try database.close()
        } catch {
            context.logger.warning(
                "The SQLite store did not close cleanly", metadata: ["idempotency.error": "\(error)"])
        }
    }

    static func refuse(_ job: StoreJob, because reason: LaneRefusal) {
        job.refuse(because: reason, by: SQLiteStore.kind)
    }

    // MARK: - Transactions

    /// Answers all exchanges, in one transaction if it can be.
    ///
    /// A failure of one record leaves the transaction as it was, and the others go on. A failure of the database (a
    /// full disk, a damaged page) rolls all of it back; then each exchange gets a transaction of its own, so that one
    /// that needs more space than there is does not fail those that need none.
    private mutating func answer(_ exchanges: [PendingExchange]) -> [Result<ExchangeReply, StoreError>] {
        switch attempt(exchanges[...]) {
        case .committed(let answers):
            return answers
        case .rolledBack where exchanges.count > 1:
            return exchanges.indices.map { index in
                switch attempt(exchanges[index...index]) {
                case .committed(let answers): answers[0]
                case .notBegun(let error), .rolledBack(let error), .unknown(let error): .failure(error)
                }
            }
        case .notBegun(let error), .rolledBack(let error), .unknown(let error):
            return exchanges.map { _ in .failure(error) }
        }
    }

    private mutating func attempt(
        _ exchanges: ArraySlice<PendingExchange>
    ) -> Ending<[Result<ExchangeReply, StoreError>]> {
        transact { [context] table in
            // The clocks are read after the wait for the lock: a lease is granted in full.
            let reading = context.reading
            let claims = exchanges.contains(where: \.isClaim)
            let before = claims ? try table.lastFence() : Fence(0)
            var lastFence = before
            var answers: [Result<ExchangeReply, StoreError>] = []
            answers.reserveCapacity(exchanges.count)
            for exchange in exchanges {
                do {
                    answers.append(.success(try table.apply(exchange.exchange, at: reading, lastFence: &lastFence)))
                } catch let error as StoreError {
                    answers.append(.failure(error))
                }
            }
            if lastFence != before { try table.keep(lastFence: lastFence) }
            return answers
        }
    }

    private mutating func sweep(limit: Int) -> Result<Int, StoreError> {
        switch transact({ [context] in try $0.sweep(limit: limit, at: context.reading.now) }) {
        case .committed(let count): .success(count)
        case .notBegun(let error), .rolledBack(let error), .unknown(let error): .failure(error)
        }
    }

    private mutating func rewrite(_ pending: PendingRewrite) -> Result<Bool, StoreError> {
        switch transact({ [context] in
            try $0.rewrite(pending.id, seen: pending.seen, as: pending.content, at: context.reading)
        }) {
        case .committed(let isWritten): .success(isWritten)
        case .notBegun(let error), .rolledBack(let error), .unknown(let error): .failure(error)
        }
    }

    /// What became of a transaction.
    private enum Ending<Result> {
        /// It was committed; the result holds.
        case committed(Result)
        /// It could not begin; nothing has happened.
        case notBegun(StoreError)
        /// It was rolled back; nothing has happened.
        case rolledBack(StoreError)
        /// Nobody can tell, and the disk is no longer trusted.
        case unknown(StoreError)
    }

    private mutating func transact<Result>(_ body: (RecordTable) throws -> Result) -> Ending<Result> {
        if let distrust { return .notBegun(distrust) }
        guard let table, let transaction else { return .notBegun(StoreContext.closed) }
        do {
            try transaction.begin.run()
        } catch {
            return .notBegun(error.storeError(.notApplied))
        }
        let result: Result
        do {
            result = try body(table)
        } catch {
            transaction.rollBack()
            let failure = StoreContext.storeError(of: error)
            if failure.code == .full { log.diskWasFull() }
            return .rolledBack(failure)
        }
        do {
            try transaction.commit.run()
        } catch {
            transaction.rollBack()
            // A full disk is met before the frame that commits is written. After a failed sync that frame may be on the
            // disk or not, and may come back after a crash: nobody can tell.
            if error.primaryCode == SQLITE_FULL { log.diskWasFull() }
            guard error.primaryCode != SQLITE_FULL, error.primaryCode != SQLITE_BUSY else {
                return .rolledBack(error.storeError(.notApplied))
            }
            loseTrust(in: error)
            return .unknown(error.storeError(.unknown))
        }
        return .committed(result)
    }

    /// Writes no more: after a commit that failed for the disk's sake, later ones might be built on what is not there.
    private mutating func loseTrust(in failure: SQLiteFailure) {
        distrust = StoreError(
            .unavailable,
            "The disk that holds the SQLite store failed in a commit, so the store is no longer written; see to the "
                + "disk, then start this program again.",
            effect: .notApplied, cause: failure)
        context.logger.critical(
            "The disk failed in a commit; the SQLite store is no longer written until it is opened again",
            metadata: ["idempotency.error": "\(failure)"])
    }
}
