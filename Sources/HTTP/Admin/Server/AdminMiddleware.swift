import HTTPTypes
import Hummingbird

/// Turns errors into problem details.
struct AdminErrors<Context: RequestContext>: RouterMiddleware {
    func handle(
        _ request: Request, context: Context,
        next: @concurrent (Request, Context) async throws -> Response
    ) async throws -> Response {
        do {
            return try await next(request, context)
        } catch let problem as AdminProblem {
            return try problem.response()
        } catch let error as OperationError {
            return try AdminProblem(error).response()
        } catch let error as any HTTPResponseError {
            return try AdminProblem(error.status, "http", error.status.reasonPhrase).response()
        }
    }
}

/// Lets only those through who carry the token.
struct AdminAuthentication<Context: RequestContext>: RouterMiddleware {
    let token: AdminToken

    func handle(
        _ request: Request, context: Context,
        next: @concurrent (Request, Context) async throws -> Response
    ) async throws -> Response {
        guard token.isCarried(by: request.headers[.authorization]) else {
            throw AdminProblem(
                .unauthorized, "unauthorized", "The keys API needs the admin token: Authorization: Bearer TOKEN.")
        }
        return try await next(request, context)
    }
}
