public import Idempotency
public import IdempotencyHTTP

/// The outcome that an operator gives to a record in doubt.
public enum GivenOutcome: Sendable {
    /// What the HTTP operation answered.
    case response(status: Int, headers: [HeaderField], body: [UInt8])
    /// What a function returned, in the encoding of `Once` (JSON).
    case result([UInt8])

    /// The outcome to store.
    ///
    /// - Throws: `InvalidOutcome` that says what cannot be stored and what is allowed.
    public func outcome() throws(InvalidOutcome) -> Outcome {
        switch self {
        case .result(let bytes): return Outcome(.success, bytes)
        case .response(let status, let headers, let body):
            guard (200...599).contains(status) else {
                throw InvalidOutcome("\(status) is no final status. Allowed: 200 to 599.")
            }
            let policy = ReplayPolicy(additionalHeaders: headers.map(\.name))
            for header in headers {
                guard FieldName.isToken(header.name) else {
                    throw InvalidOutcome("\"\(header.name)\" is no header name (RFC 9110 section 5.1).")
                }
                guard header.value.utf8.allSatisfy({ $0 == 0x09 || $0 >= 0x20 && $0 != 0x7F }) else {
                    throw InvalidOutcome("The value of \(header.name) has a control character.")
                }
                guard policy.replays(header.name) else {
                    throw InvalidOutcome("\(header.name) is never stored nor replayed; leave it out.")
                }
            }
            let response = StoredResponse(status: status, headers: Headers(headers), body: body[...])
            return StoredAnswer.response(response).outcome
        }
    }
}

/// Why an outcome cannot be stored.
public struct InvalidOutcome: Error, Hashable, Sendable, CustomStringConvertible {
    /// What cannot be stored and what is allowed.
    public let description: String

    init(_ description: String) {
        self.description = description
    }
}
