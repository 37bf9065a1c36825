import Hummingbird
import Idempotency
import IdempotencyHTTP
import Logging

extension IdempotencyMiddleware {
    /// Runs the request in an execution of its own and waits for its handler, come what may.
    func perform(
        _ guarded: GuardedRequest, _ context: Context,
        _ next: (Hummingbird.Request, Context) async throws -> Response
    ) async throws -> Response {
        let turn = Turn(guarded)
        let response = await LentHandler.lending(next, context, classify: classify) { handler in
            await result(of: guarded, turn, handler, context.logger)
        }
        turn.leave()
        return try response.get()
    }

    private func result(
        of guarded: GuardedRequest, _ turn: Turn, _ handler: LentHandler, _ logger: Logger
    ) async -> Result<Response, any Error> {
        var asked = guarded.asked
        if !once.configuration.keepsKeys { asked.label.key = "" }
        do {
            let answer = try await execute(asked, guarded, turn, handler)
            logger.debug(
                "guarded request",
                metadata: [
                    "idempotency.record": "\(asked.id)", "idempotency.outcome": "\(answer?.name ?? "streaming")",
                ])
            return .success(try response(to: answer, guarded, turn))
        } catch let error as OnceError {
            return .success(refuse(error.refusal))
        } catch {
            return .failure(error)
        }
    }

    /// Waits for the answer of the execution, or for the beginning of a stream, whichever is first.
    ///
    /// - Returns: The answer, or `nil` when a stream has begun, or the task was cancelled.
    private func execute(
        _ asked: Idempotency.Request, _ guarded: GuardedRequest, _ turn: Turn, _ handler: LentHandler
    ) async throws -> Answer? {
        let operation = Operation(
            reconcile: once.interrupted.reconcile, answered: { turn.answered($0) },
            body: { attempt in
                await Attempt.$current.withValue(attempt) { await turn.run(handler) }
            })
        return try await withThrowingTaskGroup(of: Answer?.self) { group in
            group.addTask {
                try await once.execute(asked, terms: guarded.terms(of: once), operation: operation).answer
            }
            group.addTask {
                await turn.streamBegun()
                return nil
            }
            defer { group.cancelAll() }
            return try await group.next() ?? nil
        }
    }

    /// What the caller gets.
    private func response(to answer: Answer?, _ guarded: GuardedRequest, _ turn: Turn) throws -> Response {
        if let streamed = turn.takeStreamed() { return streamed }
        switch (answer, turn.ended) {
        case (nil, _): throw CancellationError()
        case (.performed, .stored(let response)): return response
        case (.performed(let outcome, _), _), (.replayed(let outcome), _): return replay(outcome, guarded)
        case (.released, .answered(let response)), (.inDoubt, .answered(let response)): return response
        case (.released, .threw(let error)): throw error
        case (.inDoubt, .threw(let error)):
            throw InterruptedHandler(cause: error, refusal: refuse(.inDoubt(retryAfter: nil)))
        case (let answer?, _): return refuse(Refusal(answer) ?? .superseded(retryAfter: .seconds(1)))
        }
    }

    private func replay(_ outcome: Outcome, _ guarded: GuardedRequest) -> Response {
        do throws(StoredAnswerError) {
            switch try StoredAnswer(outcome) {
            case .response(let stored):
                return Response(replaying: stored, guarded.settings.replay, origin: guarded.origin)
            case .tombstone(let tombstone): return refuse(.answerNotKept(tombstone))
            }
        } catch {
            return refuse(.recordUnreadable)
        }
    }

    private func refuse(_ refusal: Refusal) -> Response {
        Response(refusals.response(to: refusal))
    }
}
