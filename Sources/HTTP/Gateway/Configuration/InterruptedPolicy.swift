public import Idempotency

/// What becomes of an attempt that was interrupted: the gateway crashed, or the upstream broke off or was silent after
/// the request had been sent.
public enum InterruptedPolicy: Hashable, Sendable {
    /// It stays in doubt until an operator settles it. The only answer that is right for every upstream.
    case hold
    /// The next request with its key is sent to the upstream again, which must honour the forwarded key itself.
    case rerun
    /// The gateway asks at this URL what became of it.
    case ask(ReconciliationURL)

    /// The rule as the engine knows it.
    public var rule: InterruptedRule {
        switch self {
        case .hold: .hold
        case .rerun: .rerun
        case .ask: .reconcile
        }
    }
}

/// Where an upstream tells what became of an attempt: `GET` with the headers `Idempotency-Key` and `Idempotency-Scope`
/// of the request in question. 200 with `message/http`: it took effect, and the body is its answer. 404: it did
/// nothing. Anything else: unknown.
public struct ReconciliationURL: Hashable, Sendable, CustomStringConvertible {
    /// The server to ask.
    public var origin: Origin
    /// The path and query to ask for.
    public var target: String

    /// Reads `http://host[:port][/path][?query]`, or the same with `https`.
    ///
    /// - Throws: `InvalidOrigin` that says what was wrong and what is allowed.
    public init(url: String) throws(InvalidOrigin) {
        let scheme = url.lowercased().hasPrefix("https://") ? "https://" : "http://"
        guard url.lowercased().hasPrefix(scheme) else {
            throw InvalidOrigin(url: url, reason: "it must begin with http:// or https://")
        }
        let rest = url.dropFirst(scheme.count)
        let authority = rest.prefix { $0 != "/" && $0 != "?" }
        let path = rest[authority.endIndex...]
        guard path.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "#") }) else {
            throw InvalidOrigin(url: url, reason: "the path has a forbidden character")
        }
        origin = try Origin(url: scheme + authority)
        target = path.hasPrefix("/") ? String(path) : "/" + path
    }

    /// The URL.
    public var description: String { "\(origin)\(target)" }
}
