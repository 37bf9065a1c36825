import Idempotency

// One line for people: what a failed check prints.

extension RecordedExchange {
    /// The call and its answer.
    var summary: String {
        let answer =
            switch result {
            case .success(let reply)?: reply.summary
            case .failure(let error)?: "error \(error.code), effect \(error.effect)"
            case nil: "no reply"
            }
        return "[\(called)–\(returned.map(String.init) ?? "…")] \(exchange.summary) → \(answer)"
    }
}

extension Exchange {
    /// The key, what is expected and what is to be written.
    var summary: String {
        "\(id.description.prefix(8)): expecting \(expecting.summary), write \(next?.summary ?? "nothing (delete)")"
    }
}

extension Expectation {
    /// The kind and the owner.
    var summary: String {
        switch self {
        case .vacant: "vacant"
        case .running(let owner): "running \(owner.summary)"
        case .unrenewed(let owner, let renewals): "running \(owner.summary) renewed \(renewals) times"
        case .inDoubt(let owner): "in doubt \(owner.summary)"
        }
    }
}

extension Draft {
    /// The state and who writes it.
    var summary: String {
        let kind =
            switch state {
            case .running(let lease): "running for \(lease)"
            case .completed(let outcome, let retention): "completed (\(outcome.summary)) for \(retention)"
            case .inDoubt(let doubt): "in doubt (\(doubt))"
            }
        return "\(kind) by \(owner.summary), fence \(fence.map(\.description) ?? "new"), attempt \(attempt), "
            + "renewals \(renewals)"
    }
}

extension ExchangeReply {
    /// Whether it was stored, and what is there.
    var summary: String {
        switch self {
        case .stored(let record, let now): "stored \(record?.summary ?? "nothing") at \(now.microseconds)"
        case .conflict(let record, let now): "conflict with \(record?.summary ?? "nothing") at \(now.microseconds)"
        }
    }
}

extension Record {
    /// All of the record but the bytes of its payloads.
    var summary: String {
        let kind =
            switch state {
            case .running(let end): "running until \(end.microseconds)"
            case .completed(let outcome, let at, let expires):
                "completed (\(outcome.summary)) at \(at.microseconds) until \(expires.microseconds)"
            case .inDoubt(let doubt, let since): "in doubt (\(doubt)) since \(since.microseconds)"
            }
        return "{\(kind), owner \(owner.summary), fence \(fence), attempt \(attempt), renewals \(renewals), created "
            + "\(created.microseconds), fingerprint \(fingerprint.algorithm)/"
            + "\(fingerprint.digest.description.prefix(8)), "
            + "checkpoint \(checkpoint.count) bytes, label \(label.key.utf8.count)/\(label.scope.utf8.count)/"
            + "\(label.operation.utf8.count) bytes}"
    }
}

extension Outcome {
    /// The kind and the number of bytes.
    var summary: String { "\(kind), \(bytes.count) bytes" }
}

extension Owner {
    /// The last eight digits.
    var summary: String { String(description.suffix(8)) }
}
