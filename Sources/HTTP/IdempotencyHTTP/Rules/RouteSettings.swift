public import Idempotency

/// Whether a route has keys.
public enum Requirement: String, Hashable, Sendable, CaseIterable {
    /// A request without a key is refused.
    case required
    /// A request with a key is guarded, one without passes through.
    case optional
    /// Requests pass through; their keys are not looked at.
    case off
}

/// Everything that holds for the requests of a route.
public struct RouteSettings: Sendable {
    /// Whether the route has keys; optional by default, since a client may not know about them.
    public var requirement: Requirement = .optional
    /// Where the key is.
    public var key: KeySource = .standard
    /// Whose key it is.
    public var scope = ScopeRule()
    /// What makes two requests the same.
    public var fingerprint = FingerprintRule()
    /// How long the outcome is kept: 24 hours, as with Stripe.
    public var retention: Duration = .seconds(86_400)
    /// How long an attempt may run alone before it has to renew.
    public var lease: Duration = .seconds(30)
    /// How long a duplicate waits for the running attempt before it is refused; not at all by default.
    public var wait: Duration = .zero
    /// The largest request body, in bytes; 1 MiB. It is held in memory until it has been hashed.
    public var maximumBody = 1 << 20
    /// The largest response body that is stored, in bytes; 1 MiB. A larger one leaves a tombstone.
    public var maximumResponse = 1 << 20
    /// Whether answers are kept at all; when not, they are streamed and leave a tombstone.
    public var keepsAnswers = true
    /// What answers mean for their key.
    public var statuses = StatusPolicy.standard
    /// What is kept of an answer.
    public var replay = ReplayPolicy()
    /// What becomes of an interrupted attempt, where the route says so; otherwise the server's own rule holds.
    public var interrupted: InterruptedRule?

    /// The defaults.
    public init() {}

    /// Checks what types cannot.
    ///
    /// - Throws: `RuleError` that names what is wrong.
    public func validate() throws(RuleError) {
        if retention <= .zero { throw .notPositive("retention") }
        if lease <= .zero { throw .notPositive("lease") }
        if maximumBody <= 0 { throw .notPositive("max-body") }
        if maximumResponse <= 0 { throw .notPositive("max-response") }
        var names = fingerprint.headers + replay.additionalHeaders
        if case .header(let name) = key { names.append(name) }
        switch scope.source {
        case .header(let name): names.append(name)
        case .headers(let list): names += list
        case .verified, .shared: break
        }
        for name in names where !FieldName.isToken(name) { throw .badHeaderName(name) }
        for name in replay.additionalHeaders where ReplayPolicy.isNeverReplayed(name) { throw .neverReplayed(name) }
    }
}
