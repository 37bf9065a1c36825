import Idempotency

/// How refusals are written.
public struct RefusalFormat: Hashable, Sendable {
    /// Whose manners they have.
    public var profile: Profile
    /// What the problem types begin with; a code follows: `/.well-known/idempotency#key-missing`. A relative reference
    /// leads to the policy that this server publishes.
    public var typePrefix: String
    /// Where the documentation is that `Link: <…>; rel="describedby"` points to.
    public var documentation: String
    /// The media type of the documentation.
    public var documentationType: String
    /// The challenge that goes with a 401 (RFC 9110 section 11.6.1 demands one).
    public var challenge: String

    /// A format; types and links lead to the published policy by default.
    public init(
        profile: Profile = .ietf, typePrefix: String = PublishedPolicy.path + "#",
        documentation: String = PublishedPolicy.path, documentationType: String = "application/json",
        challenge: String = "Bearer"
    ) {
        self.profile = profile
        self.typePrefix = typePrefix
        self.documentation = documentation
        self.documentationType = documentationType
        self.challenge = challenge
    }

    /// The whole answer to a refused request.
    public func response(to refusal: Refusal) -> PlainResponse {
        var headers: Headers = ["Cache-Control": "no-store"]
        headers.append("Link", "<\(documentation)>; rel=\"describedby\"; type=\"\(documentationType)\"")
        if let wait = refusal.retryAfter { headers.append("Retry-After", String(Self.wholeSeconds(wait))) }
        if refusal.status == 401 { headers.append("WWW-Authenticate", challenge) }
        switch profile {
        case .ietf:
            headers.append("Content-Type", "application/problem+json")
            return PlainResponse(status: status(of: refusal), headers: headers, body: problem(refusal).encoded)
        case .stripe:
            headers.append("Content-Type", "application/json")
            let again = refusal.retry == .sameKey && refusal.retryAfter != nil
            headers.append("Stripe-Should-Retry", again ? "true" : "false")
            return PlainResponse(status: status(of: refusal), headers: headers, body: stripeError(refusal).encoded)
        }
    }

    /// The status that a refusal has in this profile.
    public func status(of refusal: Refusal) -> Int {
        profile == .stripe ? refusal.stripeStatus : refusal.status
    }

    /// RFC 9457 section 3.1, plus `retry`.
    private func problem(_ refusal: Refusal) -> JSONValue {
        [
            "type": .string(typePrefix + refusal.code),
            "title": .string(refusal.title),
            "status": .number(refusal.status),
            "detail": .string(refusal.detail),
            "retry": .string(refusal.retry.rawValue),
        ]
    }

    /// The error object of docs.stripe.com/api/errors, plus `retry`.
    private func stripeError(_ refusal: Refusal) -> JSONValue {
        var members: [(String, JSONValue)] = [("type", .string(refusal.stripeType))]
        if let code = refusal.stripeCode { members.append(("code", .string(code))) }
        members.append(("message", .string(refusal.detail)))
        members.append(("doc_url", .string(typePrefix + refusal.code)))
        members.append(("retry", .string(refusal.retry.rawValue)))
        return ["error": .object(members)]
    }

    /// Rounded up, and at least one: zero would ask for a retry at once.
    static func wholeSeconds(_ duration: Duration) -> Int64 {
        let (seconds, fraction) = duration.components
        return max(1, seconds + (fraction > 0 ? 1 : 0))
    }
}
