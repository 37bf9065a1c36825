import Logging
import Synchronization

extension Once {
    /// Performs an operation once per key; every later call with the same key and request returns the first result.
    ///
    /// The result is stored as JSON. An error that the operation throws is stored and thrown again at every retry if it
    /// is a `StorableError` or classified as `final`; frees the key if `retryable`; leaves it in doubt if `unknown`; an
    /// unclassified one is an interruption, for which `interrupted` says what happens.
    ///
    /// - Parameters:
    ///   - key: What the caller named the operation.
    ///   - scope: Whose key it is, and for which operation.
    ///   - request: The parameters; a later call with others under the same key is refused. They are compared by their
    ///     JSON form with ordered members.
    ///   - options: What this operation has otherwise than `configuration`.
    ///   - operation: What to do. It goes on when the calling task is cancelled, and is cancelled itself when its lease
    ///     cannot be renewed.
    /// - Returns: The first result.
    /// - Throws: The operation's error (the first one, at a retry); `OnceError`, which says what to do with the key;
    ///   `CancellationError` when the calling task is cancelled; what encoding the request throws.
    public func perform<Value: Codable & Sendable>(
        _ key: IdempotencyKey, scope: Scope, request: some Encodable, options: PerformOptions = .standard,
        operation: @escaping @Sendable (Attempt) async throws -> Value
    ) async throws -> Value {
        let fingerprint = Fingerprint(of: try OutcomeCoding.encode(request))
        return try await report(key, scope, fingerprint, options, operation).value
    }

    /// Performs an operation that has no parameters but its key; otherwise as with a `request`.
    public func perform<Value: Codable & Sendable>(
        _ key: IdempotencyKey, scope: Scope, options: PerformOptions = .standard,
        operation: @escaping @Sendable (Attempt) async throws -> Value
    ) async throws -> Value {
        try await report(key, scope, .none, options, operation).value
    }

    /// Performs an operation once per key, and tells whether it ran now or before.
    ///
    /// The `fingerprint` tells this request from others under the same key.
    public func report<Value: Codable & Sendable>(
        _ key: IdempotencyKey, scope: Scope, fingerprint: Fingerprint, options: PerformOptions = .standard,
        operation: @escaping @Sendable (Attempt) async throws -> Value
    ) async throws -> Report<Value> {
        try await report(key, scope, fingerprint, options, operation)
    }

    private nonisolated(nonsending) func report<Value: Codable & Sendable>(
        _ key: IdempotencyKey, _ scope: Scope, _ fingerprint: Fingerprint, _ options: PerformOptions,
        _ operation: @escaping @Sendable (Attempt) async throws -> Value
    ) async throws -> Report<Value> {
        let value = Box()
        let interrupted = options.interrupted ?? self.interrupted
        let body = Operation(reconcile: interrupted.reconcile) { attempt in
            do {
                let result = try await operation(attempt)
                value.put(result)
                return (.completed(OutcomeCoding.outcome(of: result)), nil)
            } catch {
                return Self.classify(error, options)
            }
        }
        let request = self.request(key, scope, fingerprint, options)
        let (answer, thrown) = try await execute(
            request, terms: terms(options, interrupted.rule), operation: body)
        log(answer, of: request)
        switch answer {
        case .performed(_, let fence):
            guard let value: Value = value.take() else { throw thrown ?? CancellationError() }
            return Report(value: value, isReplay: false, fence: fence)
        case .released: throw thrown ?? CancellationError()
        case .replayed(let outcome):
            return Report(
                value: try OutcomeCoding.value(of: outcome, among: configuration.storableErrors), isReplay: true,
                fence: nil)
        case .inDoubt, .superseded, .overQuota, .unavailable, .mismatch, .inProgress:
            try Task.checkCancellation()
            throw OnceError(answer, cause: thrown)
        }
    }

    private func request(
        _ key: IdempotencyKey, _ scope: Scope, _ fingerprint: Fingerprint, _ options: PerformOptions
    ) -> Request {
        let label = Label(
            key: configuration.keepsKeys ? key.string : "", scope: scope.name, operation: options.operation ?? "")
        return Request(id: RecordID(scope: scope, key: key), fingerprint: fingerprint, label: label)
    }

    private func terms(_ options: PerformOptions, _ rule: InterruptedRule) -> Terms {
        Terms(
            lease: options.lease ?? configuration.lease, retention: options.retention ?? configuration.retention,
            wait: options.wait ?? configuration.wait, interrupted: rule,
            claimPatience: configuration.claimPatience, settlePatience: configuration.settlePatience)
    }

    private func log(_ answer: Answer, of request: Request) {
        configuration.logger.debug(
            "performed under a key",
            metadata: ["idempotency.record": "\(request.id)", "idempotency.outcome": "\(answer.name)"])
    }

    /// What an error thrown by the operation means, and the error for its caller.
    private static func classify(
        _ error: any Error, _ options: PerformOptions
    ) -> (end: Execution.End, thrown: (any Error)?) {
        let (failure, cause): (Failure?, any Error) =
            if let classified = error as? Classified {
                (classified.failure, classified.cause)
            } else if error is any StorableError {
                (.final, error)
            } else {
                (options.classify?(error), error)
            }
        return switch failure {
        case .retryable: (.retryable, cause)
        case .unknown: (.unknown, cause)
        case nil: (.interrupted, cause)
        case .final:
            if let outcome = try? OutcomeCoding.outcome(of: cause) {
                (.completed(outcome), cause)
            } else {
                (.unknown, cause)
            }
        }
    }
}

/// A result, and whether it was given before.
public struct Report<Value: Sendable>: Sendable {
    /// The first result.
    public let value: Value
    /// Whether the operation ran before, not now.
    public let isReplay: Bool
    /// The fence under which it ran, if it ran now.
    public let fence: Fence?

    package init(value: Value, isReplay: Bool, fence: Fence?) {
        self.value = value
        self.isReplay = isReplay
        self.fence = fence
    }
}

/// A place for the result of an operation, so that its own caller gets it without decoding.
///
/// Not generic: the runtime would look its type up, and those of its parts, for every operation.
private final class Box: Sendable {
    private let content = Mutex<(any Sendable)?>(nil)
    func put(_ value: some Sendable) { content.withLock { $0 = value } }
    func take<Value: Sendable>() -> Value? { content.withLock { $0.take() } as? Value }
}
