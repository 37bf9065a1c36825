import Idempotency

/// A store that only tasks can call, as one that takes submissions: a bounded queue, and one task that starts exchanges
/// as fast as the limit allows.
final class StoreLane: SubmittingStore {
    private typealias Completion = @Sendable (Result<ExchangeReply, StoreError>) -> Void

    private struct Submission: Sendable {
        let exchange: Exchange
        let completion: Completion
    }

    private let store: any RecordStore
    private let queue: AsyncStream<Submission>
    private let entry: AsyncStream<Submission>.Continuation
    private let limit: Int

    init(_ store: any RecordStore, limit: Int) {
        self.store = store
        self.limit = limit
        (queue, entry) = AsyncStream.makeStream(bufferingPolicy: .bufferingOldest(limit * 10))
    }

    func exchange(_ exchange: Exchange) async throws(StoreError) -> ExchangeReply {
        try await store.exchange(exchange)
    }

    func submit(
        _ exchange: Exchange, completion: @escaping @Sendable (Result<ExchangeReply, StoreError>) -> Void
    ) {
        switch entry.yield(Submission(exchange: exchange, completion: completion)) {
        case .enqueued: return
        case .dropped: completion(.failure(Self.overloaded))
        case .terminated: completion(.failure(Self.stopped))
        @unknown default: completion(.failure(Self.stopped))
        }
    }

    /// Takes no further exchange; `run()` returns when those under way have ended.
    func finish() {
        entry.finish()
    }

    /// Carries submissions to the store until `finish()`.
    func run() async {
        await withTaskGroup(of: Void.self) { group in
            var running = 0
            for await submission in queue {
                if running == limit {
                    await group.next()
                    running -= 1
                }
                running += 1
                group.addTask { [store] in submission.completion(await Self.result(of: submission.exchange, in: store))
                }
            }
        }
        entry.finish()
    }

    private static func result(
        of exchange: Exchange, in store: any RecordStore
    ) async -> Result<ExchangeReply, StoreError> {
        do throws(StoreError) {
            return .success(try await store.exchange(exchange))
        } catch {
            return .failure(error)
        }
    }

    private static let overloaded = StoreError(
        .unavailable, "Too many requests wait for the store.", effect: .notApplied)
    private static let stopped = StoreError(.shutDown, "The gateway has stopped.", effect: .notApplied)
}
