import Idempotency
import Testing

@testable import IdempotencyDynamoDB

/// What a refusal tells of the write, and whether it is worth another try.
@Suite struct ServiceFailureTests {
    /// An answer, and what it means.
    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        var status = 400
        var text = ""
        let kind: ServiceFailure.Kind
        let effect: StoreError.Effect
        let isWorthRepeating: Bool

        var testDescription: String { "\(name) \(status) \(text)" }
        var failure: ServiceFailure {
            let body = #"{"__type":"com.amazonaws.dynamodb.v20120810#\#(name)","message":"\#(text)"}"#
            return ServiceFailure(status: status, body: Array(body.utf8))
        }
    }

    static let cases = [
        Case(
            name: "ConditionalCheckFailedException", kind: .conditionFailed, effect: .notApplied,
            isWorthRepeating: false),
        Case(
            name: "ProvisionedThroughputExceededException", kind: .throttled, effect: .notApplied,
            isWorthRepeating: true),
        Case(name: "ThrottlingException", kind: .throttled, effect: .notApplied, isWorthRepeating: true),
        Case(name: "TransactionConflictException", kind: .conflict, effect: .notApplied, isWorthRepeating: true),
        Case(name: "ExpiredTokenException", kind: .expired, effect: .notApplied, isWorthRepeating: true),
        Case(name: "InvalidSignatureException", kind: .unsigned, effect: .notApplied, isWorthRepeating: false),
        Case(
            name: "InvalidSignatureException", text: "Signature expired: 1 is now earlier than 2", kind: .skewed,
            effect: .notApplied, isWorthRepeating: true),
        Case(name: "AccessDeniedException", kind: .denied, effect: .notApplied, isWorthRepeating: false),
        Case(
            name: "ValidationException", text: "Item size has exceeded the maximum allowed size", kind: .tooLarge,
            effect: .notApplied, isWorthRepeating: false),
        Case(
            name: "InternalServerError", status: 500, kind: .serverError, effect: .unknown, isWorthRepeating: true),
        Case(name: "Unheard", status: 503, kind: .serverError, effect: .unknown, isWorthRepeating: true),
        Case(name: "Unheard", kind: .other, effect: .notApplied, isWorthRepeating: false),
    ]

    @Test("Every kind is known by its name, and says what is known of the write", arguments: cases)
    func kinds(expected: Case) {
        #expect(expected.failure.kind == expected.kind)
        #expect(expected.failure.error().effect == expected.effect)
        #expect(expected.failure.isWorthRepeating == expected.isWorthRepeating)
        // After a try that left it open, a refusal of the next one says nothing of the first.
        #expect(expected.failure.error(afterUnknown: true).effect == .unknown)
    }

    @Test(
        "What is no answer of the service leaves the write open, whatever its status", arguments: [302, 403, 404, 502])
    func proxies(status: Int) {
        let failure = ServiceFailure(status: status, body: Array("<html>".utf8))
        #expect(failure.kind == (status >= 500 ? .serverError : .unintelligible))
        #expect(failure.error().effect == .unknown && failure.isWorthRepeating)
    }
}
