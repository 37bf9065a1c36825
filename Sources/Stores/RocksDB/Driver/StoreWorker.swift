import Idempotency
import IdempotencyEmbedded
import IdempotencyLanes
import Logging

/// What works on the lane of a store: it alone writes, and makes a batch of exchanges one synced write.
struct StoreWorker: LaneWorker {
    private let context: StoreContext
    private var open: Open?
    private var lastFence: Fence
    private var sweeping: ExpirySweep
    private var running = RunningRecords()
    private var indexes = IndexChanges()
    private var distrust: StoreError?

    /// The database, until the store is closed.
    private struct Open {
        let database: Database
        let lookup: RecordLookup
        let batch: WriteBatch
    }

    /// Prepares for work on an open database.
    init(_ database: Database, context: StoreContext, lastFence: Fence) {
        self.context = context
        self.lastFence = lastFence
        open = Open(database: database, lookup: RecordLookup(database), batch: WriteBatch(database))
        sweeping = ExpirySweep(at: MachineReading(context.configuration.clock))
    }

    mutating func perform(_ jobs: [StoreJob]) {
        tellFilter()
        let exchanges = jobs.exchanges
        if !exchanges.isEmpty {
            let answers = answer(exchanges)
            context.statistics.count(exchanges: exchanges.count)
            exchanges.complete(answers)
        }
        for case .sweep(let limit, let completion) in jobs { completion(sweep(limit: limit)) }
        for case .rewrite(let pending) in jobs { pending.completion(rewrite(pending)) }
    }

    mutating func idle() {
        tellFilter()
    }

    mutating func close() {
        open = nil
    }

    static func refuse(_ job: StoreJob, because reason: LaneRefusal) {
        job.refuse(because: reason, by: RocksDBStore.kind)
    }

    /// Tells compaction up to which expiry it may remove.
    private mutating func tellFilter() {
        context.filter.advance(to: sweeping.horizon(at: MachineReading(context.configuration.clock)))
    }

    // MARK: - Exchanges

    private mutating func answer(_ exchanges: [PendingExchange]) -> [Result<ExchangeReply, StoreError>] {
        if let distrust { return exchanges.map { _ in .failure(distrust) } }
        guard let open else { return exchanges.map { _ in .failure(StoreJob.closed(RocksDBStore.kind)) } }
        let (places, found) = find(exchanges, by: open.lookup)
        let viewpoint = context.viewpoint
        var records = RecordBatch(places, found: found, lastFence: lastFence, from: viewpoint)
        let refusesClaims = isShortOfSpace(for: exchanges)
        let answers = exchanges.map { records.apply($0.exchange, isRefused: $0.isClaim && refusesClaims) }
        guard records.hasChanges else { return answers }
        fill(open.batch, with: records, from: viewpoint)
        do {
            try open.database.write(open.batch, isSynced: context.configuration.synchronous == .full)
            return answers
        } catch {
            running.forget()
            let failure = lost(error)
            return zip(exchanges, answers).map { records.isChanged($0.id) ? .failure(failure) : $1 }
        }
    }

    /// Where each id stands in the list of what lies under all of them; what is not known is looked up.
    private func find(
        _ exchanges: [PendingExchange], by lookup: RecordLookup
    ) -> (places: [RecordID: Int], found: [(id: RecordID, stored: Result<StoredRecord?, StoreError>)]) {
        var places = [RecordID: Int](minimumCapacity: exchanges.count)
        var found: [(id: RecordID, stored: Result<StoredRecord?, StoreError>)] = []
        found.reserveCapacity(exchanges.count)
        var unknown: [RecordID] = []
        for exchange in exchanges {
            let id = exchange.id
            guard places[id] == nil else { continue }
            places[id] = found.count
            let known = running[id]
            if known == nil { unknown.append(id) }
            found.append((id, .success(known)))
        }
        for (id, stored) in zip(unknown, lookup.find(unknown)) {
            if let place = places[id] { found[place].stored = stored }
        }
        return (places, found)
    }

    /// Puts all that a batch of exchanges has changed into an emptied batch of writes.
    private mutating func fill(_ batch: WriteBatch, with records: RecordBatch, from viewpoint: Viewpoint) {
        batch.clear()
        records.forEachChange { change in
            let new = change.new.map { StoredRecord($0, by: context.holder, at: viewpoint.reading) }
            if let new {
                batch.put(new, of: change.id)
            } else if change.old != nil {
                batch.deleteRecord(change.id)
            }
            running.note(new, of: change.id)
            let entry = change.new.map(IndexEntry.init)
            indexes.replace(change.old, by: entry, of: change.id)
            if case .completed(_, let expires) = entry { sweeping.include(expires) }
        }
        indexes.move(into: batch)
        guard records.lastFence != lastFence else { return }
        // Kept also when the write fails: nobody can tell then, and gaps do no harm.
        lastFence = records.lastFence
        batch.put(.counters, Counter.fence, Counter.encode(records.lastFence.number, key: Counter.fence))
    }

    private func isShortOfSpace(for exchanges: [PendingExchange]) -> Bool {
        guard exchanges.contains(where: \.isClaim) else { return false }
        return context.space.bytes().map { $0 < UInt64(clamping: context.configuration.freeSpaceReserve) } ?? false
    }

    /// What a write that failed means. Whether the log holds it, and gives it back after a crash, nobody can tell.
    ///
    /// When the disk is full, RocksDB goes on by itself, with a new log, as soon as there is space. After any other
    /// failure later writes might be built on what is not there: nothing is written any more.
    private mutating func lost(_ failure: RocksDBFailure) -> StoreError {
        guard failure.kind != .noSpace else { return failure.storeError(.unknown) }
        distrust = StoreError(
            .unavailable,
            "The disk that holds the RocksDB store failed in a write, so the store is no longer written; see to the "
                + "disk, then start this program again.",
            effect: .notApplied, cause: failure)
        context.logger.critical(
            "The disk failed in a write; the RocksDB store is no longer written until it is opened again",
            metadata: ["idempotency.error": "\(failure)"])
        return failure.storeError(.unknown)
    }

    // MARK: - Rewriting

    /// Puts a record with other content in the place of the one that lies there. Its indexes and its lease stay.
    private mutating func rewrite(_ pending: PendingRewrite) -> Result<Bool, StoreError> {
        if let distrust { return .failure(distrust) }
        guard let open else { return .failure(StoreJob.closed(RocksDBStore.kind)) }
        let found: StoredRecord?
        do {
            found = try open.lookup.find([pending.id])[0].get()
        } catch {
            return .failure(error)
        }
        guard let found, found.record.isAtPoint(of: pending.seen) else { return .success(false) }
        let next = StoredRecord(found.record.holding(pending.content), lease: found.lease)
        open.batch.clear()
        open.batch.put(next, of: pending.id)
        do {
            try open.database.write(open.batch, isSynced: context.configuration.synchronous == .full)
            running.note(next, of: pending.id)
            return .success(true)
        } catch {
            running.forget()
            return .failure(lost(error))
        }
    }

    // MARK: - Sweeping

    private mutating func sweep(limit: Int) -> Result<Int, StoreError> {
        if let distrust { return .failure(distrust) }
        guard let open else { return .failure(StoreJob.closed(RocksDBStore.kind)) }
        let found: Int
        do {
            found = try sweeping.collect(
                limit: limit, at: MachineReading(context.configuration.clock), in: open.database, lookup: open.lookup,
                into: open.batch)
        } catch {
            return .failure(error.storeError(.notApplied))
        }
        guard !open.batch.isEmpty else { return .success(0) }
        do {
            // Not synced: what a power cut takes back here is swept again.
            try open.database.write(open.batch, isSynced: false)
            return .success(found)
        } catch {
            sweeping.startAgain()
            return .failure(lost(error))
        }
    }
}
