import HTTPTypes
import Hummingbird
import Idempotency
import IdempotencyHTTP

/// A request that is to run once: everything about it that does not depend on the handler.
struct GuardedRequest: Sendable {
    /// The request, with its body in one buffer.
    let request: Hummingbird.Request
    let key: IdempotencyKey
    let scope: Scope
    /// What is asked of the key.
    let asked: Idempotency.Request
    let route: Route

    var settings: RouteSettings { route.settings }

    /// The `Origin` of a page that asks, if one does.
    var origin: String? { request.headers[.origin] }

    /// What the execution is held to.
    func terms(of once: Once) -> Terms {
        var terms = route.terms(interrupted: once.interrupted.rule)
        terms.claimPatience = once.configuration.claimPatience
        terms.settlePatience = once.configuration.settlePatience
        return terms
    }
}
