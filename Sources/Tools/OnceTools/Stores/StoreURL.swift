public import Logging

/// Where records live: `memory:`, `sqlite:PATH`, `rocksdb:DIRECTORY`, `postgres://…`, `redis://…`,
/// `dynamodb://…`.
public struct StoreURL: Sendable, CustomStringConvertible {
    /// Where they live when nothing is said.
    public static let standard = "sqlite:once.db"

    /// The forms that this build can open, for messages.
    public static var allowed: String { StoreKind.all.map(\.form).joined(separator: ", ") }

    /// The URL, without a password.
    public let description: String
    /// What follows the scheme.
    public let rest: String
    private let kind: StoreKind

    /// Reads a URL.
    ///
    /// - Throws: An error whose description says why it is not allowed.
    public init(_ text: String) throws {
        guard let colon = text.firstIndex(of: ":") else {
            throw Unreadable("a store is named by a URL, with a scheme and a colon.")
        }
        let written = text[..<colon].lowercased()
        let scheme = written == "postgresql" ? "postgres" : written
        let rest = String(text[text.index(after: colon)...])
        guard let kind = StoreKind.all.first(where: { $0.scheme == scheme }) else {
            let guess = Suggestion.nearest(to: scheme, among: StoreKind.all.map(\.scheme)).map {
                " Did you mean \($0):?"
            }
            throw Unreadable("there is no kind of store called \(scheme).\(guess ?? "")")
        }
        self.kind = kind
        self.rest = rest
        description = "\(scheme):\(Self.withoutPassword(rest))"
    }

    /// What follows the scheme, without the password between user and host and without one among the options.
    private static func withoutPassword(_ rest: String) -> String {
        guard rest.hasPrefix("//") else { return rest }
        let parts = rest.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        var place = parts[0]
        if let at = place.lastIndex(of: "@") {
            let user = place[..<at].dropFirst(2).prefix { $0 != ":" }
            place = "//\(user)\(place[at...])"
        }
        let options = parts.dropFirst().flatMap { $0.split(separator: "&") }.filter { !$0.hasPrefix("password=") }
        return place + (options.isEmpty ? "" : "?" + options.joined(separator: "&"))
    }

    /// Opens the store.
    ///
    /// - Throws: `StoreError` or `UsageError` that says what to do.
    public func open(for mode: StoreMode, logger: Logger) async throws -> OpenedStore {
        try await kind.open(rest, mode, logger)
    }

    /// Where changes by operators are written down when nothing is said: beside the store.
    public var auditPath: String {
        switch kind.scheme {
        case "sqlite": "\(rest).audit.jsonl"
        case "rocksdb": "\(directoryPath).audit.jsonl"
        default: "once.audit.jsonl"
        }
    }
}

extension StoreURL {
    /// Whether one record can be listed without a walk over all of them.
    var hasCheapListings: Bool { !kind.scheme.hasPrefix("redis") }

    /// What follows the scheme, without options and slashes at its end.
    private var directoryPath: Substring {
        var path = rest.prefix { $0 != "?" }
        while path.count > 1, path.last == "/" { path.removeLast() }
        return path
    }
}

extension Setting where Value == StoreURL {
    /// The URL of a store.
    public static var store: Setting {
        Setting(StoreURL.allowed) { try StoreURL($0) }
    }
}
