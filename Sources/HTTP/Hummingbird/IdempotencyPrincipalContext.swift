/// A request context that knows who is calling, so that keys belong to callers and not to credentials.
///
/// Conform your context to it when an authenticator in front of `IdempotencyMiddleware` has put the caller there:
///
///     struct AppContext: RequestContext, IdempotencyPrincipalContext {
///         var coreContext: CoreRequestContextStorage
///         var user: User?
///         var idempotencyPrincipal: String? { user?.id.uuidString }
///     }
public protocol IdempotencyPrincipalContext {
    /// A stable name of the caller (a user or a tenant, not a session), or `nil` when the request was not
    /// authenticated; its route's scope rule decides then.
    var idempotencyPrincipal: String? { get }
}
