import Idempotency
import IdempotencyEmbedded
import IdempotencyLanes

/// What works on the lane for listings: reads of many records hold up each other, and never an exchange.
struct StoreReader: LaneWorker {
    /// A look at the records.
    struct Job: Sendable {
        /// Looks.
        let read: @Sendable (RecordListing) -> Void
        /// Says why nobody will look.
        let refuse: @Sendable (StoreError) -> Void
    }

    private let context: StoreContext
    private var database: Database?

    /// Reads an open database.
    init(_ database: Database?, context: StoreContext) {
        self.database = database
        self.context = context
    }

    mutating func perform(_ jobs: [Job]) {
        for job in jobs {
            guard let database else {
                job.refuse(StoreJob.closed(RocksDBStore.kind))
                continue
            }
            job.read(RecordListing(database, from: context.viewpoint))
        }
    }

    mutating func idle() {}

    mutating func close() {
        database = nil
    }

    static func refuse(_ job: Job, because reason: LaneRefusal) {
        job.refuse(StoreJob.refusal(reason, by: RocksDBStore.kind))
    }
}
