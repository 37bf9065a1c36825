import Idempotency
import IdempotencyListing
import Logging
import NIOCore
import NIOSSL
import Synchronization

/// What all parts of an open store share.
final class StoreContext: Sendable {
    let configuration: RedisStore.Configuration
    let logger: Logger
    let loop: any EventLoop
    let encoding: RequestEncoding
    let tls: NIOSSLContext?
    /// What tells this opening of the store from all others.
    let instance: Owner
    /// What is known of the servers' data.
    let watches: WatchBook
    /// For two seconds: a page that shows them and looks again is answered at once.
    let counts = KeptCounts(.seconds(2))
    let places = ResumePlaces<ScanPlace>()
    private let done = Mutex(RedisStore.Statistics())
    private let promised = Mutex<Durability?>(nil)

    init(_ configuration: RedisStore.Configuration, logger: Logger) throws(StoreError) {
        self.configuration = configuration
        self.logger = logger
        loop = configuration.eventLoopGroup.next()
        encoding = RequestEncoding(configuration)
        do {
            tls = try configuration.tls.map { try NIOSSLContext(configuration: $0) }
        } catch {
            throw StoreError(
                .misuse, "The TLS settings for the Redis server cannot be used: \(error)", effect: .notApplied,
                cause: error)
        }
        instance = Owner.fresh()
        watches = WatchBook(
            fresh: ServerWatch(
                instance: instance, quarantine: configuration.quarantine, makesStore: configuration.makesStore))
    }

    var statistics: RedisStore.Statistics { done.withLock { $0 } }

    func count(_ change: (inout RedisStore.Statistics) -> Void) {
        done.withLock { change(&$0) }
    }

    /// What the servers promise; the least of it, if there are several.
    var durability: Durability { promised.withLock { $0 } ?? Durability(disk: .unknown) }

    /// Notes what a server promises, and says it once.
    func note(_ durability: Durability) {
        let isNews = promised.withLock { promised in
            defer { promised = durability }
            return promised != durability
        }
        guard isNews else { return }
        let metadata: Logger.Metadata = ["idempotency.promise": "\(durability.promise)"]
        if durability.isWeak, !configuration.acceptsWeakPersistence {
            logger.warning(
                "The Redis server may lose answered writes at a power cut; appendfsync always keeps them",
                metadata: metadata)
        } else {
            logger.info("The Redis server is in use", metadata: metadata)
        }
    }

    func deadline() -> NIODeadline { .now() + TimeAmount(configuration.timeout) }
}
