import IdempotencyGateway
import IdempotencyHTTP

extension ScopeRule {
    /// Whose keys there are, in a few words.
    var summary: String {
        let callers =
            switch source {
            case .header(let name): "the \(name) header"
            case .headers(let names): "the headers \(names.joined(separator: " and "))"
            case .verified: "the names in the client's certificate"
            case .shared: "shared by all callers"
            }
        if case .shared = source { return callers }
        return callers
            + (anonymous == .share ? "; callers without it share one scope" : "; callers without it are refused")
    }
}

extension GatewayConfiguration {
    /// The upstreams, in the order that they were given.
    var upstreamSummary: String { upstreams.map(\.description).joined(separator: ", ") }
}

extension Gateway {
    /// What keeps it from forwarding, in a few words.
    var obstacle: String? {
        upstreams.contains { $0.usableAddresses > 0 } ? nil : "no upstream can be reached"
    }
}

extension InterruptedPolicy {
    /// What becomes of an interrupted attempt, in a sentence.
    var summary: String {
        switch self {
        case .hold: "hold: it stays in doubt until it is settled"
        case .rerun: "rerun: it is sent to the upstream again"
        case .ask(let url): "ask: \(url) tells what became of it"
        }
    }
}
