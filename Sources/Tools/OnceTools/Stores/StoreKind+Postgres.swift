import Idempotency
import IdempotencyPostgres

extension StoreKind {
    /// Records in a PostgreSQL database.
    static let postgres = StoreKind("postgres", form: "postgres://USER:PASSWORD@HOST:PORT/DATABASE") {
        rest, mode, logger in
        let (address, options) = try PostgresOptions.split(rest)
        var configuration = PostgresStore.Configuration()
        try options.apply(to: &configuration)
        // Whoever looks after a store must not make an empty one where the name was mistyped.
        configuration.migrates = mode != .maintaining
        let store = try await PostgresStore.open("postgres:\(address)", configuration: configuration, logger: logger)
        return OpenedStore(store, promise: store.durability.description, closing: { await store.close() })
    }
}

/// What may stand in the URL beside the options of libpq: `?connections=8&accept=fsync-off`.
struct PostgresOptions: Hashable {
    private var values: [String: String] = [:]

    private static let allowed = [
        "accept", "connections", "partitions", "pooling", "request-timeout", "synchronous-commit",
    ]

    /// Takes our options out of an address; the rest is libpq's, which refuses what it does not know.
    static func split(_ rest: String) throws -> (address: String, options: PostgresOptions) {
        guard rest.hasPrefix("//") else {
            throw UsageError("postgres: needs the address of a server: postgres://USER:PASSWORD@HOST:PORT/DATABASE.")
        }
        let parts = rest.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        var options = PostgresOptions()
        var others: [Substring] = []
        for item in parts.dropFirst().flatMap({ $0.split(separator: "&") }) {
            let pair = item.split(separator: "=", maxSplits: 1).map(String.init)
            if pair.count == 2, allowed.contains(pair[0]) {
                options.values[pair[0]] = pair[1]
            } else {
                others.append(item)
            }
        }
        let query = others.isEmpty ? "" : "?" + others.joined(separator: "&")
        return (String(parts[0]) + query, options)
    }

    /// Changes what is said, and leaves the rest as it is.
    func apply(to configuration: inout PostgresStore.Configuration) throws {
        if let number = try number("connections", 1...64) { configuration.connections = number }
        if let number = try number("partitions", 1...1024) { configuration.partitions = number }
        if let text = values["request-timeout"] {
            guard let duration = DurationText.parse(text), duration >= .seconds(1) else {
                throw refusal("request-timeout", DurationText.allowed)
            }
            configuration.requestTimeout = duration
        }
        if let text = values["synchronous-commit"] {
            guard let commit = PostgresStore.Configuration.SynchronousCommit(rawValue: text) else {
                throw refusal(
                    "synchronous-commit",
                    PostgresStore.Configuration.SynchronousCommit.allCases.map(\.rawValue).joined(separator: ", "))
            }
            configuration.synchronousCommit = commit
        }
        if let text = values["pooling"] {
            guard let pooling = PostgresStore.Configuration.Pooling(rawValue: text) else {
                throw refusal(
                    "pooling", PostgresStore.Configuration.Pooling.allCases.map(\.rawValue).joined(separator: ", "))
            }
            configuration.pooling = pooling
        }
        for word in (values["accept"] ?? "").split(separator: ",") {
            guard let weakness = PostgresStore.Configuration.Weakness(rawValue: String(word)) else {
                throw refusal(
                    "accept", PostgresStore.Configuration.Weakness.allCases.map(\.rawValue).joined(separator: ", "))
            }
            configuration.accepted.insert(weakness)
        }
    }

    private func number(_ name: String, _ range: ClosedRange<Int>) throws -> Int? {
        guard let text = values[name] else { return nil }
        guard let number = Int(text), range.contains(number) else {
            throw refusal(name, "\(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    private func refusal(_ name: String, _ allowed: String) -> UsageError {
        UsageError("postgres: \(name): \"\(values[name] ?? "")\" is not allowed. Allowed: \(allowed).")
    }
}
