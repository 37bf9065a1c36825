/// How much the keys of callers may take of a store; `nil` is no limit.
public struct QuotaLimits: Hashable, Sendable {
    /// The live keys of one scope: running, in doubt, or completed and not expired.
    public var keysPerScope: Int?
    /// What the live records of one scope take, in bytes.
    public var bytesPerScope: Int?
    /// What all live records take, in bytes.
    public var bytesInAll: Int?

    /// Limits; none by default.
    public init(keysPerScope: Int? = nil, bytesPerScope: Int? = nil, bytesInAll: Int? = nil) {
        self.keysPerScope = keysPerScope
        self.bytesPerScope = bytesPerScope
        self.bytesInAll = bytesInAll
    }

    /// Whether there is any limit.
    public var isLimited: Bool { keysPerScope != nil || bytesPerScope != nil || bytesInAll != nil }
}

/// Which limit a new key would exceed.
public enum QuotaExcess: String, Hashable, Sendable, CaseIterable {
    /// The scope has as many live keys as it may.
    case keysPerScope = "keys-per-scope"
    /// The records of the scope take as much as they may.
    case bytesPerScope = "bytes-per-scope"
    /// All records take as much as they may.
    case bytesInAll = "bytes-in-all"
}
