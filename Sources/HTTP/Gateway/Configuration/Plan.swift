import Idempotency
import IdempotencyHTTP

/// A configuration made ready: checked, its files read, what follows from it worked out once. A reload makes a new one.
struct Plan: Sendable {
    let configuration: GatewayConfiguration
    /// Whether a new key needs a place in the quota.
    let isQuotaLimited: Bool
    let transport: UpstreamTransport
    /// How the URL is spoken to at which it is asked what became of interrupted attempts.
    let inquiryTransport: UpstreamTransport
    /// The header names that decide about a request besides the protected ones.
    let significantNames: [String]
    /// The headers that carry keys.
    let keyHeaders: [String]
    /// The answer to the question for the idempotency policy.
    let published: PlainResponse

    /// - Throws: `GatewayConfigurationError` that names what is wrong.
    init(_ configuration: GatewayConfiguration) throws(GatewayConfigurationError) {
        try configuration.validate()
        self.configuration = configuration
        isQuotaLimited = configuration.quota.isLimited
        let limits = configuration.limits
        let context = configuration.needsUpstreamTLS ? try configuration.upstreamTLS.context() : nil
        transport = UpstreamTransport(
            limits: limits, context: context, serverName: configuration.upstreamTLS.serverName)
        inquiryTransport = UpstreamTransport(limits: limits, context: context, serverName: nil)
        significantNames = Admission.significantNames(of: configuration.policy)
        keyHeaders = Admission.keyHeaders(of: configuration.policy)
        published = PublishedPolicy(of: configuration.policy, format: configuration.format).response()
    }
}
