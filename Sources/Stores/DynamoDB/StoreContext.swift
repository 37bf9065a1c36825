import AsyncHTTPClient
import Idempotency
import IdempotencyListing
import Logging
import NIOCore
import Synchronization

/// What all parts of an open store share.
final class StoreContext: Sendable {
    let table: String
    let configuration: DynamoDBStore.Configuration
    let logger: Logger
    let client: ServiceClient
    let clock: ServerClock
    let leases: LeaseWatch
    let loop: any EventLoop
    let counts: KeptCounts
    let places = ResumePlaces<String>()
    private let done = Mutex(DynamoDBStore.Statistics())
    private let life = Mutex(Life())

    private struct Life {
        var isClosed = false
        var running = 0
        var waiting: [CheckedContinuation<Void, Never>] = []
    }

    init(table: String, _ configuration: DynamoDBStore.Configuration, client: ServiceClient, logger: Logger) {
        self.table = table
        self.configuration = configuration
        self.logger = logger
        self.client = client
        clock = client.clock
        leases = LeaseWatch(tolerance: configuration.clockTolerance)
        loop = configuration.eventLoopGroup.next()
        counts = KeptCounts(configuration.countsAge)
    }

    deinit {
        // A store that nobody closed: its connections go with it.
        client.http.shutdown { _ in }
    }

    var statistics: DynamoDBStore.Statistics {
        var statistics = done.withLock { $0 }
        statistics.clockCorrections = clock.corrections
        return statistics
    }

    func count(_ change: (inout DynamoDBStore.Statistics) -> Void) {
        done.withLock { change(&$0) }
    }

    var isClosed: Bool { life.withLock { $0.isClosed } }

    /// Takes one more exchange, or says why not.
    func enter() throws(StoreError) {
        let limit = configuration.queueLimit
        let refusal = life.withLock { life -> StoreError? in
            if life.isClosed { return StoreError(.shutDown, "The store is closed.", effect: .notApplied) }
            if life.running >= limit {
                return StoreError(
                    .unavailable, "\(limit) exchanges are under way already; try again.", effect: .notApplied)
            }
            life.running += 1
            return nil
        }
        if let refusal { throw refusal }
    }

    /// An exchange was answered.
    func leave() {
        let waiting = life.withLock { life in
            life.running -= 1
            guard life.isClosed, life.running == 0 else { return [CheckedContinuation<Void, Never>]() }
            defer { life.waiting = [] }
            return life.waiting
        }
        for continuation in waiting { continuation.resume() }
    }

    /// Takes no more exchanges, and returns when the last one is answered; whether this call was the first.
    func finish() async -> Bool {
        let isFirst = life.withLock { life in
            defer { life.isClosed = true }
            return !life.isClosed
        }
        await withCheckedContinuation { continuation in
            let isDone = life.withLock { life in
                if life.running == 0 { return true }
                life.waiting.append(continuation)
                return false
            }
            if isDone { continuation.resume() }
        }
        return isFirst
    }

    /// Reads the item of a key, from the leader of its partition.
    func read(
        _ id: RecordID, timeout: Duration,
        completion: @escaping @Sendable (Result<RecordCoding.StoredItem?, StoreError>) -> Void
    ) {
        let body: [UInt8]
        do throws(StoreError) {
            body = try ReadRequest(TableName: table, id: id).json()
        } catch {
            return completion(.failure(error))
        }
        client.call("GetItem", body, timeout: timeout).whenSuccess { outcome in
            completion(
                Result { () throws(StoreError) in
                    let answer = try ServiceAnswers.read(ServiceAnswers.OneItem.self, try outcome.body())
                    return try ServiceAnswers.record(answer.Item)
                })
        }
    }
}

extension CallOutcome {
    /// The answer, or why there is none; for calls that change nothing.
    func body() throws(StoreError) -> [UInt8] {
        switch self {
        case .answered(let body): return body
        case .refused(let failure, _): throw failure.error().harmless
        case .lost(let call): throw call.error().harmless
        }
    }
}

extension StoreError {
    /// The same of a call that changes nothing.
    var harmless: StoreError { StoreError(code, message, effect: .notApplied, cause: cause) }
}
