/// What answers mean for their key, by status and headers.
///
/// *Stored*: 2xx, 3xx, 4xx, 500, 501 and 505. *Released*, being refusals before execution: 401, 403, 408, 425, 429 and
/// 503 with `Retry-After`. *In doubt*: the other 5xx, 502 and 504 among them, since a proxy further on may have sent
/// the request. Rules come first; the header `Idempotency-Outcome` comes before all.
public struct StatusPolicy: Hashable, Sendable {
    /// An exception.
    public struct Rule: Hashable, Sendable {
        /// The statuses that it is about.
        public var statuses: ClosedRange<Int>
        /// A header that the answer must have for the rule to count, if any.
        public var header: String?
        /// What such an answer means.
        public var disposition: Disposition

        /// An exception for these statuses.
        public init(_ statuses: ClosedRange<Int>, header: String? = nil, _ disposition: Disposition) {
            self.statuses = statuses
            self.header = header
            self.disposition = disposition
        }

        /// An exception for one status.
        public init(_ status: Int, header: String? = nil, _ disposition: Disposition) {
            self.init(status...status, header: header, disposition)
        }
    }

    /// The exceptions; the first that fits counts.
    public var rules: [Rule]

    /// A policy with these exceptions.
    public init(rules: [Rule] = []) {
        self.rules = rules
    }

    /// The policy without exceptions.
    public static let standard = StatusPolicy()

    /// What an answer means for its key.
    public func disposition(of status: Int, headers: Headers) -> Disposition {
        if let said = Self.said(in: headers) { return said }
        for rule in rules where rule.statuses.contains(status) {
            if rule.header.map(headers.contains) ?? true { return rule.disposition }
        }
        switch status {
        case 401, 403, 408, 425, 429: return .release
        case 503 where headers.contains("Retry-After"): return .release
        case 200...499, 500, 501, 505: return .store
        default: return .inDoubt
        }
    }

    /// What the operation itself says by `Idempotency-Outcome`: `final`, `not-executed` or `unknown`. Anything else in
    /// that header is an attempt to say something that is not understood, hence a doubt.
    private static func said(in headers: Headers) -> Disposition? {
        switch headers[FieldName.outcome] {
        case nil: nil
        case "final": .store
        case "not-executed": .release
        default: .inDoubt
        }
    }
}
