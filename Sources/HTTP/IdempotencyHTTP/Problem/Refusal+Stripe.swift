extension Refusal {
    /// The HTTP status in the Stripe profile: as in the IETF profile, but 400 for a mismatch.
    var stripeStatus: Int {
        if case .mismatch = self { 400 } else { status }
    }

    /// `error.type` (docs.stripe.com/api/errors).
    var stripeType: String {
        switch self {
        case .mismatch: "idempotency_error"
        case _ where status >= 500: "api_error"
        default: "invalid_request_error"
        }
    }

    /// `error.code`: Stripe's where Stripe has one.
    var stripeCode: String? {
        switch self {
        case .mismatch: nil
        case .inProgress: "idempotency_key_in_use"
        default: String(code.map { $0 == "-" ? "_" : $0 })
        }
    }
}
