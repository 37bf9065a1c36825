public import Logging
public import Metrics

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
    /// The fast store in front of this one, if there is one.
    public private(set) var front: Front?
    private let kind: StoreKind

    /// A store in front of another one.
    public struct Front: Sendable, CustomStringConvertible {
        /// The forms that it can have, for messages.
        public static let allowed = [StoreKind.redis, .rediss].map(\.form).joined(separator: ", ")

        /// The URL, without a password.
        public let description: String
        fileprivate let kind: StoreKind
        fileprivate let rest: String

        /// Reads a URL.
        ///
        /// - Throws: An error whose description says why it is not allowed.
        public init(_ text: String) throws {
            let url = try StoreURL(text)
            guard url.kind.mayBeInFront else {
                throw Unreadable("\(url.kind.scheme): cannot stand in front of another store.")
            }
            (description, kind, rest) = (url.description, url.kind, url.rest)
        }
    }

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

    /// The same store, with a fast one in front of it.
    ///
    /// - Throws: An error whose description says why it is not allowed.
    public func behind(_ front: Front) throws -> StoreURL {
        guard kind.mayBeBehind else {
            throw Unreadable(
                "no store can stand in front of \(kind.scheme):. Allowed is \(StoreKind.postgres.form); any other "
                    + "store is used by itself.")
        }
        var url = self
        url.front = front
        return url
    }

    /// Opens the store.
    ///
    /// - Parameter metrics: What makes the counters of what a store notices by itself.
    /// - Throws: `StoreError` or `UsageError` that says what to do.
    public func open(
        for mode: StoreMode, metrics: any MetricsFactory = MetricsSystem.factory, logger: Logger
    ) async throws -> OpenedStore {
        let opened = try await kind.open(rest, mode, logger)
        guard let front else { return opened }
        do {
            let front = try await front.kind.open(front.rest, mode, logger)
            return opened.behind(front, metrics: metrics, logger: logger)
        } catch {
            await opened.close()
            throw error
        }
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
    var hasCheapListings: Bool { front == nil && !kind.scheme.hasPrefix("redis") }

    /// Whether this is the same place, passwords and options included.
    func isSame(as other: StoreURL) -> Bool {
        kind.scheme == other.kind.scheme && rest == other.rest && front?.kind.scheme == other.front?.kind.scheme
            && front?.rest == other.front?.rest
    }

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

extension Setting where Value == StoreURL.Front {
    /// The URL of a store in front of another one.
    static var front: Setting {
        Setting(StoreURL.Front.allowed) { try StoreURL.Front($0) }
    }
}

extension StoreURL {
    /// The store of the flags `--store` and `--front`, or `nil` when neither is given.
    ///
    /// - Throws: `UsageError` that names the flag and what is allowed.
    public init?(store: String?, front: String?) throws(UsageError) {
        guard store != nil || front != nil else { return nil }
        let url = try Setting.store.value(of: store ?? Self.standard, at: .flag("store"))
        guard let front else {
            self = url
            return
        }
        self = try url.behind(try Setting.front.value(of: front, at: .flag("front")), at: .flag("front"))
    }

    fileprivate func behind(_ front: Front, at place: SettingPlace) throws(UsageError) -> StoreURL {
        do {
            return try behind(front)
        } catch {
            throw UsageError("\(error)", at: place)
        }
    }
}

extension SettingSources {
    /// The store of the options `store` and `front`; the standard one when nothing is said.
    func store() throws(UsageError) -> StoreURL {
        let store: StoreURL
        if let given = try value("store", .store) {
            store = given
        } else {
            store = try Setting.store.value(of: StoreURL.standard, at: .standard)
        }
        guard let front = try value("front", .front) else { return store }
        return try store.behind(front, at: try place("front"))
    }
}
