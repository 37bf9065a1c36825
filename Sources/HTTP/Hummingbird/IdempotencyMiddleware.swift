public import Hummingbird
public import Idempotency
public import IdempotencyHTTP

/// Runs each guarded request once per idempotency key and gives every retry the first answer.
///
///     let once = Once(store: store, interrupted: .hold)
///     router.add(middleware: IdempotencyMiddleware(once: once))
///     let app = Application(router: router, services: [once])
///
/// POST and PATCH requests that carry an `Idempotency-Key` are guarded; `rules` change that route by route. All others
/// stream through untouched. The behaviour is that of draft-ietf-httpapi-idempotency-key-header-07 and of Stripe's
/// published API, as `docs/HTTP.md` has it.
///
/// Where to put it: behind authenticators and rate limits, which then judge retries like first requests, and behind
/// CORS; in front of everything whose work is to happen once. A replay does not pass through the middlewares behind it.
///
/// What a handler can do: read `Attempt.current` for its fence and for keys to pass on; throw `Classified` or set the
/// header `Idempotency-Outcome` (`final`, `not-executed`, `unknown`) to say what its answer means for the key. Errors
/// that make a response are answers; any other error is an interruption, for which the `Once` says what happens.
///
/// A caller that hangs up cancels nothing: the handler runs in a task of the `Once`, which keeps task-local values.
public struct IdempotencyMiddleware<Context: RequestContext>: RouterMiddleware {
    /// What executes the requests.
    public let once: Once
    /// Which requests are guarded, and how.
    public let policy: GuardPolicy
    /// How refusals are written.
    public let refusals: RefusalFormat

    let classify: (@Sendable (any Error) -> Failure?)?

    /// Guards POST and PATCH requests that carry a key, with lease, retention and wait as the `Once` is configured.
    ///
    /// - Parameters:
    ///   - once: What executes the requests. Run it as a service of the application, so that a graceful shutdown waits
    ///     for handlers.
    ///   - refusals: How refusals are written; problem details by default.
    ///   - classify: What an error means that is neither `Classified` nor makes a response; `nil` from it leaves the
    ///     error to the interrupted policy. One that is `final` is stored as an empty 500.
    /// - Precondition: The lease and the retention of the `Once` are above zero.
    public init(
        once: Once, refusals: RefusalFormat = RefusalFormat(), classify: (@Sendable (any Error) -> Failure?)? = nil
    ) {
        do throws(RuleError) {
            try self.init(once: once, rules: [], refusals: refusals, classify: classify)
        } catch {
            preconditionFailure("The configuration of the Once cannot be used: \(error)")
        }
    }

    /// Guards what the rules say; what none fits is held to `defaults`.
    ///
    /// - Parameters:
    ///   - once: What executes the requests.
    ///   - defaults: For POST and PATCH requests that no rule fits; by default as the `Once` is configured.
    ///   - rules: The first that fits a request counts.
    ///   - refusals: How refusals are written.
    ///   - classify: What an unclassified error means.
    /// - Throws: `RuleError` that names what is wrong with a rule.
    public init(
        once: Once, defaults: RouteSettings? = nil, rules: [RouteRule], refusals: RefusalFormat = RefusalFormat(),
        classify: (@Sendable (any Error) -> Failure?)? = nil
    ) throws(RuleError) {
        let policy = try GuardPolicy(defaults: defaults ?? RouteSettings(following: once), rules: rules)
        self.init(once: once, policy: policy, refusals: refusals, classify: classify)
    }

    /// Guards what the policy says.
    public init(
        once: Once, policy: GuardPolicy, refusals: RefusalFormat = RefusalFormat(),
        classify: (@Sendable (any Error) -> Failure?)? = nil
    ) {
        self.once = once
        self.policy = policy
        self.refusals = refusals
        self.classify = classify
    }
}
