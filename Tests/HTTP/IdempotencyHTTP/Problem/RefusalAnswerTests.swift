import Idempotency
import IdempotencyHTTP
import Testing

@Suite("The refusal for an execution's answer")
struct RefusalAnswerTests {
    @Test("is none for an outcome and for a release")
    func outcomes() {
        let outcome = Outcome(.success, [])
        #expect(Refusal(.replayed(outcome)) == nil)
        #expect(Refusal(.released) == nil)
    }

    @Test("says what the engine said")
    func refusals() {
        #expect(Refusal(.mismatch) == .mismatch)
        #expect(Refusal(.inProgress(retryAfter: .seconds(3))) == .inProgress(retryAfter: .seconds(3)))
        #expect(Refusal(.inDoubt(.leaseLapsed)) == .inDoubt(retryAfter: nil))
        #expect(Refusal(.superseded) == .superseded(retryAfter: .seconds(1)))
        #expect(Refusal(.unavailable(.unavailable, "")) == .storeUnavailable(retryAfter: .seconds(1)))
        #expect(Refusal(.unavailable(.full, "")) == .storeUnavailable(retryAfter: .seconds(1)))
        #expect(Refusal(.unavailable(.corrupt, "")) == .recordUnreadable)
        #expect(Refusal(.unavailable(.shutDown, "")) == .shuttingDown(retryAfter: .seconds(1)))
    }
}

extension RefusalAnswerTests {
    @Test("gives the same advice as the library's own error for it")
    func sameAdvice() {
        let answers: [Answer] = [
            .mismatch, .inProgress(retryAfter: .seconds(1)), .inDoubt(.leaseLapsed), .superseded,
            .unavailable(.unavailable, ""),
        ]
        for answer in answers {
            let error = OnceError(answer)
            #expect(Refusal(answer)?.retry == error.retry, "\(answer)")
            #expect(Refusal(error)?.code == Refusal(answer)?.code, "\(answer)")
        }
    }

    @Test("is known for every error but a tombstone, which tells more itself")
    func errors() {
        #expect(Refusal(OnceError(.overloaded, "", retry: .sameKey)) == .overloaded(retryAfter: .seconds(1)))
        #expect(Refusal(OnceError(.shuttingDown, "", retry: .sameKey)) == .shuttingDown(retryAfter: .seconds(1)))
        #expect(Refusal(OnceError(.undecodable, "", retry: .never)) == .recordUnreadable)
        #expect(Refusal(OnceError(.answerNotRetained, "", retry: .never)) == nil)
    }
}
