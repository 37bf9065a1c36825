public import HTTPTypes
public import Hummingbird

/// Thrown when a handler ended with an error that nobody classified and its key is in doubt; the caller gets the
/// refusal, middlewares in front see the cause.
public struct InterruptedHandler: HTTPResponseError, CustomStringConvertible {
    /// What the handler threw.
    public let cause: any Error
    let refusal: Response

    /// The status of the refusal.
    public var status: HTTPResponse.Status { refusal.status }

    /// The refusal that tells the caller to come back later with the same key.
    public func response(from request: Request, context: some RequestContext) throws -> Response {
        refusal
    }

    /// What happened, and the cause.
    public var description: String { "The handler was interrupted and its key is in doubt: \(cause)" }
}
