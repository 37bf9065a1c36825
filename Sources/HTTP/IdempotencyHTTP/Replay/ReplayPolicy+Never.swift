extension ReplayPolicy {
    /// Whether a header is never kept nor replayed, whatever is configured: it belongs to one connection, one moment,
    /// one session or one trace.
    public static func isNeverReplayed(_ name: String) -> Bool {
        let name = name.lowercased()
        return neverReplayed.contains(name) || neverReplayedPrefixes.contains { name.hasPrefix($0) }
    }

    private static let neverReplayed: Set<String> = [
        // Sessions and credentials
        "set-cookie", "set-cookie2", "cookie", "authorization", "proxy-authorization", "authentication-info",
        "proxy-authentication-info", "www-authenticate", "proxy-authenticate", "clear-site-data",
        // The moment and its caches; a replay has its own
        "date", "age", "expires", "pragma", "cache-control", "warning",
        // Transport
        "alt-svc", "strict-transport-security", "public-key-pins", "server", "via", "content-length",
        // Traces
        "server-timing", "traceparent", "tracestate", "baggage", "b3", "uber-trace-id", "x-request-id",
        "x-correlation-id", "request-id", "x-amzn-trace-id", "x-amzn-requestid", "x-cloud-trace-context", "cf-ray",
        // One connection (RFC 9110 section 7.6.1)
        "connection", "keep-alive", "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade",
        // Ours
        "idempotency-key", "idempotent-replayed", "idempotency-replay-stripped", "idempotency-attempt",
        "idempotency-outcome",
    ]

    private static let neverReplayedPrefixes = ["ratelimit", "x-ratelimit", "x-rate-limit", "x-b3-"]
}
