/// What each metric of the gateway means, for the `# HELP` lines and `docs/OPERATING.md`.
public enum MetricMeanings {
    /// The meanings by name.
    public static let all: [String: String] = [
        "idempotency_gateway_requests_total":
            "Requests by outcome: executed, replayed, mismatch, in_progress, in_doubt, refused, passed_through.",
        "idempotency_gateway_request_duration_seconds":
            "From a request's header to the end of its answer, by outcome.",
        "idempotency_gateway_late_answers_total":
            "Exchanges that had timed out, by what became of them: settled, overruled, missing, refused (too many).",
        "idempotency_store_exchange_duration_seconds":
            "Exchanges with the store by result: stored, conflict (something else was there), failed.",
        "idempotency_store_failures_total":
            "Failures of the store by code: unavailable, full, tooLarge, corrupt, misuse, shutDown.",
        "idempotency_cache_hits_total":
            "Duplicates that were answered from memory, without an exchange with the store.",
        "idempotency_front_events_total":
            "What a store in front of another one has lost or missed: lost_claim, overruled, copied, unpublished.",
        "idempotency_records":
            "Records in the store by state: running, lapsed, completed, in_doubt, expired (not yet swept).",
        "idempotency_gateway_ready": "1 while the gateway takes requests, else 0.",
        "idempotency_gateway_reloads_total":
            "Reloads of the configuration by result: done, refused (the old one stays).",
        "idempotency_gateway_configuration_age_seconds": "How long the present configuration has been served by.",
        "idempotency_upstream_exchanges_total":
            "Requests that were sent to an upstream, by result: answered, failed (no whole answer came).",
        "idempotency_upstream_connect_failures_total":
            "Connections to an upstream that could not be made; nothing was sent.",
        "idempotency_upstream_addresses":
            "Addresses of an upstream by state: up, down (not reached, or failing its health checks).",
        "idempotency_upstream_outstanding": "Requests that an upstream works on at present.",
    ]
}
