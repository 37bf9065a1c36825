import Hummingbird
import Idempotency
import IdempotencyHTTP
import NIOCore

/// Finds out what is to be done with a request: reads its key, its body and its scope.
struct RequestReader<Context: RequestContext>: Sendable {
    /// What is to be done with a request whose body was read where that was needed.
    enum Step {
        case passOn(Hummingbird.Request)
        case answer(Refusal)
        case guardIt(GuardedRequest)
    }

    let policy: GuardPolicy

    /// What is to be done; nothing has been looked up when the request is refused.
    ///
    /// - Throws: What reading the body throws, when the caller hangs up.
    func read(_ request: Hummingbird.Request, _ context: Context) async throws -> Step {
        guard let route = policy.route(for: RequestHead(lineOf: request)), route.settings.requirement != .off else {
            return .passOn(request)
        }
        let head = RequestHead(request)
        var request = request
        switch policy.verdict(on: head) {
        case .passThrough: return .passOn(request)
        case .refused(let refusal): return .answer(refusal)
        case .guarded(let key, let route):
            guard let body = try await collect(&request, route) else { return tooLarge(route) }
            return step(request, head, body, key, route, context)
        case .keyInBody(let route):
            guard let body = try await collect(&request, route) else { return tooLarge(route) }
            switch policy.keyInBody(body.readableBytesView, of: route) {
            case .passThrough: return .passOn(request)
            case .refused(let refusal): return .answer(refusal)
            case .guarded(let key): return step(request, head, body, key, route, context)
            }
        }
    }

    private func step(
        _ request: Hummingbird.Request, _ head: RequestHead, _ body: ByteBuffer, _ key: IdempotencyKey, _ route: Route,
        _ context: Context
    ) -> Step {
        do throws(Refusal) {
            let scope = try scope(of: head, context, route.settings.scope)
            let asked = body.withUnsafeReadableBytes { route.request(under: key, in: scope, head, body: $0) }
            return .guardIt(GuardedRequest(request: request, key: key, scope: scope, asked: asked, route: route))
        } catch {
            return .answer(error)
        }
    }

    private func tooLarge(_ route: Route) -> Step {
        .answer(.bodyTooLarge(limit: route.settings.maximumBody))
    }

    /// Reads the whole body and puts it back as one buffer; `nil` when it is larger than the route takes.
    private func collect(_ request: inout Hummingbird.Request, _ route: Route) async throws -> ByteBuffer? {
        let limit = route.settings.maximumBody
        if let length = request.headers[.contentLength].flatMap({ Int($0) }), length > limit { return nil }
        do {
            return try await request.collectBody(upTo: limit)
        } catch is NIOTooManyBytesError {
            return nil
        }
    }

    /// The principal that the context knows comes before the credential; a rule that looks elsewhere is obeyed.
    private func scope(of head: RequestHead, _ context: Context, _ rule: ScopeRule) throws(Refusal) -> Scope {
        var rule = rule
        let principal = (context as? any IdempotencyPrincipalContext)?.idempotencyPrincipal
        if rule.source == .credential, principal?.isEmpty == false { rule.source = .verified }
        return try rule.scope(of: head.headers, verified: principal)
    }
}
