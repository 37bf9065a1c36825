/// A store that can tell what the records of each scope take: what quotas are counted from.
public protocol UsageStore: RecordStore {
    /// Looks at the next `limit` records, in an order of the store's own; a count is one call after the other, while
    /// the records go on changing.
    ///
    /// - Parameters:
    ///   - cursor: Where the page before ended, or `nil` for the first one.
    ///   - limit: At most so many records are looked at, so that nobody else waits long.
    func usage(after cursor: UInt64?, limit: Int) async throws(StoreError) -> UsagePage

    /// Under which name a scope is counted: its own, unless the store keeps names secret.
    func usageName(of scope: String) -> String
}

extension UsageStore {
    /// Its own name.
    public func usageName(of scope: String) -> String { scope }
}

/// What records take.
public struct StoreUsage: Hashable, Sendable {
    /// How many live ones there are: running, in doubt, or completed and not expired.
    public var keys: Int
    /// What they take, in bytes: outcomes, checkpoints, and `bytesPerRecord` for each.
    public var bytes: Int

    /// A usage.
    public init(keys: Int = 0, bytes: Int = 0) {
        self.keys = keys
        self.bytes = bytes
    }

    /// What a record takes besides its outcome and checkpoint, labels and index entries included: 512 bytes, a little
    /// more than was seen in the embedded stores.
    public static let bytesPerRecord = 512

    /// The usage of one record with this much outcome and checkpoint, in bytes.
    public init(record bytes: Int) {
        self.init(keys: 1, bytes: bytes + Self.bytesPerRecord)
    }

    /// Both together.
    public static func + (a: Self, b: Self) -> Self { Self(keys: a.keys + b.keys, bytes: a.bytes + b.bytes) }

    /// The first without the second.
    public static func - (a: Self, b: Self) -> Self { a + -b }

    /// Less of it.
    public static prefix func - (usage: Self) -> Self { Self(keys: -usage.keys, bytes: -usage.bytes) }

    /// Adds.
    public static func += (a: inout Self, b: Self) { a = a + b }
}

/// A part of a count.
public struct UsagePage: Hashable, Sendable {
    /// What the live records of each scope take, by `Label.scope` (or what `usageName` makes of it).
    public var scopes: [String: StoreUsage]
    /// Where to go on, or `nil` when this was the last part.
    public var next: UInt64?

    /// A part of a count.
    public init(scopes: [String: StoreUsage] = [:], next: UInt64? = nil) {
        self.scopes = scopes
        self.next = next
    }
}
