public import Hummingbird
import IdempotencyHTTP

extension IdempotencyMiddleware {
    /// Runs a guarded request once, or answers it with what is known; hands everything else on untouched.
    ///
    /// Returns only after the handler has ended, unless its answer is streamed on.
    ///
    /// - Throws: What the handler threw, when that does not make a response; `CancellationError` when the calling task
    ///   was cancelled, which stops neither handler nor outcome.
    public func handle(
        _ request: Hummingbird.Request, context: Context,
        next: (Hummingbird.Request, Context) async throws -> Response
    ) async throws -> Response {
        switch try await RequestReader(policy: policy).read(request, context) {
        case .passOn(let request): return try await next(request, context)
        case .answer(let refusal): return Response(refusals.response(to: refusal))
        case .guardIt(let guarded): return try await perform(guarded, context, next)
        }
    }
}
