/// The part of an answer that is kept and given to every retry.
public struct StoredResponse: Hashable, Sendable {
    /// What is not as it was in the first answer.
    public struct Flags: OptionSet, Hashable, Sendable {
        /// The flags as they are stored.
        public let rawValue: UInt8

        /// Flags as they are stored.
        public init(rawValue: UInt8) {
            self.rawValue = rawValue
        }

        /// The first answer set a cookie; a replay does not.
        public static let cookiesStripped = Flags(rawValue: 1)
        /// The first answer had trailers; a replay has none.
        public static let trailersStripped = Flags(rawValue: 2)
        /// All flags that this version knows.
        static let known: Flags = [.cookiesStripped, .trailersStripped]
    }

    /// The status, 200…999.
    public var status: Int
    /// The headers that may be replayed.
    public var headers: Headers
    /// The body as it was sent, content coding included. A slice, so that a decoded response shares the record's bytes.
    public var body: ArraySlice<UInt8>
    /// What is not as it was in the first answer.
    public var flags: Flags

    /// A response to be stored. `ReplayPolicy` makes one out of an answer and keeps only what may be replayed.
    public init(status: Int, headers: Headers, body: ArraySlice<UInt8>, flags: Flags = []) {
        self.status = status
        self.headers = headers
        self.body = body
        self.flags = flags
    }
}
