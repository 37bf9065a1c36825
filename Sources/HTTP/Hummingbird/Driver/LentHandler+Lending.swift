import Hummingbird
import Idempotency

extension LentHandler {
    /// Lends the rest of the middleware chain for as long as `body` takes, and until it has ended if it was called.
    ///
    /// - Parameters:
    ///   - next: What the router gave the middleware; it need not be Sendable.
    ///   - context: The context that it is called with.
    ///   - classify: What errors mean that are not `Classified`.
    ///   - body: What borrows it; may hand it to another task.
    static func lending<Context: RequestContext, Value>(
        _ next: (Hummingbird.Request, Context) async throws -> Response, _ context: Context,
        classify: (@Sendable (any Error) -> Failure?)?, to body: (LentHandler) async -> Value
    ) async -> Value {
        await withoutActuallyEscaping(next) { next in
            // Safe, though it need not be Sendable: it is called at most once, while this task does nothing but wait
            // for it, and nothing holds it any more when this function returns.
            nonisolated(unsafe) let next = next
            let handler = LentHandler { request in
                do {
                    return .answered(try await next(request, context), nil)
                } catch {
                    return Handled(error, of: request, context, classify: classify)
                }
            }
            let value = await body(handler)
            await handler.takeBack()
            return value
        }
    }
}
