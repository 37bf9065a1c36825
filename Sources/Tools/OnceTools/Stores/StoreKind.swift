import Idempotency
import Logging

/// A kind of store that this program can open, found by the scheme of its URL.
public struct StoreKind: Sendable {
    /// What stands before the first colon of the URL.
    public let scheme: String
    /// The form of its URLs, for messages.
    public let form: String
    private let opening: @Sendable (_ rest: String, _ mode: StoreMode, Logger) async throws -> OpenedStore

    init(
        _ scheme: String, form: String,
        opening: @escaping @Sendable (_ rest: String, _ mode: StoreMode, Logger) async throws -> OpenedStore
    ) {
        self.scheme = scheme
        self.form = form
        self.opening = opening
    }

    /// The kinds that are built in; one line for each.
    static let all: [StoreKind] = [
        .memory,
        .sqlite,
        .rocksdb,
        .postgres,
        .redis,
        .rediss,
        .dynamodb,
    ]

    /// Whether it can stand in front of another store: its fences grow although it loses records.
    var mayBeInFront: Bool { scheme == StoreKind.redis.scheme || scheme == StoreKind.rediss.scheme }

    /// Whether another store can stand in front of it: shared by machines, and durable.
    var mayBeBehind: Bool { scheme == StoreKind.postgres.scheme }

    func open(_ rest: String, _ mode: StoreMode, _ logger: Logger) async throws -> OpenedStore {
        try await opening(rest, mode, logger)
    }
}

/// What a store is opened for.
public enum StoreMode: Hashable, Sendable {
    /// To serve: it is made where there is none. What a dead process left running counts as lapsed at once, or only
    /// when its lease is over, because the requests that it sent may be under way still.
    case serving(orphansLapseAtOnce: Bool)
    /// To look after one that is there: a mistyped path must not make an empty one.
    case maintaining
}
