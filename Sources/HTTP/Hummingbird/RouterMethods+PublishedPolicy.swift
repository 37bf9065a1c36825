public import Hummingbird
import IdempotencyHTTP

extension RouterMethods {
    /// Publishes which routes have keys, and how they are to be used, at `GET /.well-known/idempotency`.
    ///
    /// The draft demands that it be published (draft-ietf-httpapi-idempotency-key-header-07 section 2.5.2). It needs no
    /// credential: add it in front of authenticators. Refusals link to it.
    ///
    /// - Parameter middleware: Whose policy it is.
    /// - Returns: The router, to go on with.
    @discardableResult
    public func publishPolicy(of middleware: IdempotencyMiddleware<Context>) -> Self {
        publish(PublishedPolicy(of: middleware.policy, format: middleware.refusals))
    }

    /// Publishes the same for handlers that commit their keys themselves.
    ///
    /// - Parameter middleware: Whose policy it is.
    /// - Returns: The router, to go on with.
    @discardableResult
    public func publishPolicy(of middleware: IdempotencyKeyMiddleware<Context>) -> Self {
        publish(PublishedPolicy(of: middleware.policy, format: middleware.refusals))
    }

    private func publish(_ policy: PublishedPolicy) -> Self {
        let document = policy.response()
        return get(RouterPath(PublishedPolicy.path)) { _, _ in Response(document) }
    }
}
