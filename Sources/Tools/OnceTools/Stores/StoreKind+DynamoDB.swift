import Foundation
import Idempotency
import IdempotencyDynamoDB

extension StoreKind {
    /// Records in a table of Amazon DynamoDB.
    static let dynamodb = StoreKind("dynamodb", form: "dynamodb://TABLE?region=REGION") { rest, mode, logger in
        let (table, options) = try DynamoDBOptions.split(rest)
        var configuration = DynamoDBStore.Configuration()
        try options.apply(to: &configuration)
        // Whoever looks after a store must not make an empty one where the name was mistyped.
        if mode == .maintaining { configuration.createsTable = false }
        let store = try await DynamoDBStore.open(table, configuration: configuration, logger: logger)
        return OpenedStore(store, promise: store.promise, closing: { await store.close() })
    }
}

/// What follows the scheme in the URL of a DynamoDB store: `//TABLE?region=eu-west-1&create=yes`.
struct DynamoDBOptions: Hashable {
    private var values: [String: String] = [:]

    private static let allowed = [
        "ca", "clock-tolerance", "connections", "create", "endpoint", "global-table", "profile", "region", "timeout",
    ]

    /// Takes the table and the options apart.
    static func split(_ rest: String) throws -> (table: String, options: DynamoDBOptions) {
        let parts = rest.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        // The double slash may be left out.
        var table = parts.first.map(String.init) ?? ""
        if table.hasPrefix("//") { table.removeFirst(2) }
        guard isTable(table) else {
            throw error(
                "\"\(table)\" is no table. Allowed: a name of 3 to 255 letters, digits, dots, hyphens and underscores, "
                    + "or the ARN of a table, as in dynamodb://once?region=eu-west-1.")
        }
        var options = DynamoDBOptions()
        for item in parts.dropFirst().flatMap({ $0.split(separator: "&") }) {
            let pair = item.split(separator: "=", maxSplits: 1).map(String.init)
            guard let name = pair.first, allowed.contains(name) else {
                throw UsageError.unknown(
                    "option of the DynamoDB store", pair.first ?? String(item), allowed: allowed)
            }
            guard pair.count == 2, let value = pair[1].removingPercentEncoding, !value.isEmpty else {
                throw error("\(name) needs a value: ?\(name)=….")
            }
            guard options.values.updateValue(value, forKey: name) == nil else { throw error("\(name) is said twice.") }
        }
        return (table, options)
    }

    private static func isTable(_ text: String) -> Bool {
        let characters = text.hasPrefix("arn:") ? ".-_:/" : ".-_"
        return (text.hasPrefix("arn:") ? 3...1024 : 3...255).contains(text.utf8.count)
            && text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || characters.contains($0)) }
    }

    /// Changes what is said, and leaves the rest as it is.
    func apply(to configuration: inout DynamoDBStore.Configuration) throws {
        if let region = values["region"] { configuration.region = region }
        if let endpoint = values["endpoint"] { configuration.endpoint = endpoint }
        if let path = values["ca"] { configuration.certificateAuthorities = path }
        if let profile = values["profile"] { configuration.profile = profile }
        if let text = values["timeout"] {
            guard let duration = DurationText.parse(text), duration >= .milliseconds(100) else {
                throw refusal("timeout", DurationText.allowed)
            }
            configuration.timeout = duration
            configuration.tryTimeout = min(configuration.tryTimeout, duration)
        }
        if let text = values["clock-tolerance"] {
            guard let duration = DurationText.parse(text), duration >= .zero else {
                throw refusal("clock-tolerance", DurationText.allowed)
            }
            configuration.clockTolerance = duration
        }
        if let text = values["connections"] {
            guard let number = Int(text), (1...1024).contains(number) else {
                throw refusal("connections", "1 to 1024")
            }
            configuration.connections = number
        }
        configuration.createsTable = try choice("create", "yes", "no")
        configuration.acceptsGlobalTable = try choice("global-table", "accepted", "refused")
    }

    /// Whether the first of two words is said; the second is the default.
    private func choice(_ name: String, _ yes: String, _ no: String) throws -> Bool {
        guard let text = values[name] else { return false }
        guard text == yes || text == no else { throw refusal(name, "\(yes), \(no)") }
        return text == yes
    }

    private func refusal(_ name: String, _ allowed: String) -> UsageError {
        Self.error("\(name): \"\(values[name] ?? "")\" is not allowed. Allowed: \(allowed).")
    }

    private static func error(_ message: String) -> UsageError { UsageError("dynamodb: \(message)") }
}
