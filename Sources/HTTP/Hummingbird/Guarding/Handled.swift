import HTTPTypes
import Hummingbird
import Idempotency

/// How a handler ended.
enum Handled: Sendable {
    /// With an answer, and with what it said about the key, if anything.
    case answered(Response, Failure?)
    /// With an error that is no answer, and what that means for the key, if anyone knows.
    case threw(any Error, Failure?)

    /// What an error thrown by a handler is: an error that makes a response is one.
    ///
    /// - Parameters:
    ///   - error: What was thrown.
    ///   - classify: What the user says about errors that are not `Classified`.
    init(
        _ error: any Error, of request: Hummingbird.Request, _ context: some RequestContext,
        classify: (@Sendable (any Error) -> Failure?)?
    ) {
        let classified = error as? Classified
        let cause = classified?.cause ?? error
        var failure = classified.map(\.failure) ?? classify?(error)
        if failure == nil, Self.isUnrouted(cause, context) { failure = .retryable }
        if let error = cause as? OnceError, error.retry != .never {
            // A refusal of another key that the handler used: no answer to keep, its own retry may get one.
            self = .threw(error, failure)
        } else if let responder = cause as? any HTTPResponseError {
            do {
                self = .answered(try responder.response(from: request, context: context), failure)
            } catch {
                self = .threw(error, failure)
            }
        } else if failure == .final {
            self = .answered(Response(status: .internalServerError), .final)
        } else {
            self = .threw(cause, failure)
        }
    }

    /// Whether the router found no handler, so that nothing ran. Its error is told from a handler's by what it lacks.
    private static func isUnrouted(_ error: any Error, _ context: some RequestContext) -> Bool {
        guard let error = error as? HTTPError, error.status == .notFound else { return false }
        guard error.body == nil, error.headers.isEmpty else { return false }
        let path = context.endpointPath
        return path == nil || path == "NotFound"
    }
}
