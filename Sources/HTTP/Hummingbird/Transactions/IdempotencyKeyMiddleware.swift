public import Hummingbird
import Idempotency
public import IdempotencyHTTP

/// Reads and checks the key of a request, for a handler that commits it together with its own rows.
///
/// Nothing is claimed or stored here. The handler takes the key from `KeyedRequest.current`, performs its operation
/// within its database's transaction, and marks a replay with `Response.markAsReplay()`. `OnceError`s that it throws
/// become refusals.
///
///     router.group().add(middleware: IdempotencyKeyMiddleware()).post("payments") { request, context in
///         let keyed = try KeyedRequest.current.required
///         …
///     }
///
/// Do not put `IdempotencyMiddleware` in front of the same route: one of them is enough.
public struct IdempotencyKeyMiddleware<Context: RequestContext>: RouterMiddleware {
    /// Which requests have keys, and where.
    public let policy: GuardPolicy
    /// How refusals are written.
    public let refusals: RefusalFormat

    /// Reads keys where `settings` say, of POST and PATCH requests; they are required unless the settings say
    /// otherwise.
    ///
    /// - Parameters:
    ///   - settings: What holds for the routes behind. Limits on the response and all that is about storing do not
    ///     count.
    ///   - refusals: How refusals are written.
    /// - Throws: `RuleError` that names what is wrong with the settings.
    public init(settings: RouteSettings, refusals: RefusalFormat = RefusalFormat()) throws(RuleError) {
        policy = try GuardPolicy(defaults: settings)
        self.refusals = refusals
    }

    /// Requires a key in `Idempotency-Key` of every POST and PATCH request.
    public init(refusals: RefusalFormat = RefusalFormat()) {
        var settings = RouteSettings()
        settings.requirement = .required
        do throws(RuleError) {
            try self.init(settings: settings, refusals: refusals)
        } catch {
            preconditionFailure("The default settings are valid: \(error)")
        }
    }

    /// Hands a request on with its key in `KeyedRequest.current`, its body in one buffer; refuses one without a valid
    /// key.
    public func handle(
        _ request: Hummingbird.Request, context: Context,
        next: (Hummingbird.Request, Context) async throws -> Response
    ) async throws -> Response {
        switch try await RequestReader(policy: policy).read(request, context) {
        case .passOn(let request): return try await next(request, context)
        case .answer(let refusal): return Response(refusals.response(to: refusal))
        case .guardIt(let guarded):
            let keyed = KeyedRequest(
                key: guarded.key, scope: guarded.scope, fingerprint: guarded.asked.fingerprint)
            return try await KeyedRequest.$current.withValue(keyed) {
                do {
                    return try await next(guarded.request, context)
                } catch let error as OnceError {
                    return Response(refusals.response(to: error.refusal))
                }
            }
        }
    }
}

extension KeyedRequest? {
    /// The key.
    ///
    /// - Throws: `HTTPError` 500 when the handler is not behind `IdempotencyKeyMiddleware`, or the key is optional
    ///   there.
    public var required: KeyedRequest {
        get throws {
            guard let self else {
                throw HTTPError(.internalServerError, message: "This handler needs IdempotencyKeyMiddleware in front.")
            }
            return self
        }
    }
}
