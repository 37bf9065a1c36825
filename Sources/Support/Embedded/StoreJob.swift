package import Idempotency
package import IdempotencyLanes

/// What is asked of the lane of an embedded store.
package enum StoreJob: Sendable {
    case exchange(PendingExchange)
    case sweep(limit: Int, @Sendable (Result<Int, StoreError>) -> Void)
    case rewrite(PendingRewrite)

    /// Answers a job that the lane does not take.
    ///
    /// - Parameter kind: What the store is called: `SQLite`.
    package func refuse(because reason: LaneRefusal, by kind: String) {
        let error = Self.refusal(reason, by: kind)
        switch self {
        case .exchange(let pending): pending.completion(.failure(error))
        case .sweep(_, let completion): completion(.failure(error))
        case .rewrite(let pending): pending.completion(.failure(error))
        }
    }

    /// What callers are told whose job the lane does not take.
    package static func refusal(_ reason: LaneRefusal, by kind: String) -> StoreError {
        switch reason {
        case .full:
            StoreError(
                .unavailable, "Too many exchanges wait for the \(kind) store; retry later with the same key.",
                effect: .notApplied)
        case .closed: closed(kind)
        }
    }

    /// The refusal of a store that was closed.
    package static func closed(_ kind: String) -> StoreError {
        StoreError(.shutDown, "The \(kind) store is closed; open it again to go on.", effect: .notApplied)
    }
}

extension [StoreJob] {
    /// What is asked of records, in order.
    package var exchanges: [PendingExchange] {
        var exchanges: [PendingExchange] = []
        exchanges.reserveCapacity(count)
        for case .exchange(let exchange) in self { exchanges.append(exchange) }
        return exchanges
    }
}

extension [PendingExchange] {
    /// Tells everyone the answer to what they asked, in the same order.
    package func complete(_ answers: [Result<ExchangeReply, StoreError>]) {
        for (exchange, answer) in zip(self, answers) { exchange.completion(answer) }
    }
}

extension Lane where Worker.Job == StoreJob {
    /// Replaces the record of a key if it is the expected one, and waits for the answer.
    package func exchange(_ exchange: Exchange, sizeLimit: Int, kind: String) async throws(StoreError) -> ExchangeReply
    {
        let result = await withCheckedContinuation { continuation in
            submit(exchange, sizeLimit: sizeLimit, kind: kind) { continuation.resume(returning: $0) }
        }
        return try result.get()
    }

    /// Queues an exchange, or refuses it at once because its record is larger than `sizeLimit` bytes.
    package func submit(
        _ exchange: Exchange, sizeLimit: Int, kind: String,
        completion: @escaping @Sendable (Result<ExchangeReply, StoreError>) -> Void
    ) {
        if let next = exchange.next, next.size > sizeLimit {
            let message = "The record has \(next.size) bytes; the \(kind) store takes \(sizeLimit)."
            completion(.failure(StoreError(.tooLarge, message, effect: .notApplied)))
            return
        }
        submit(.exchange(PendingExchange(exchange, completion: completion)))
    }

    /// Puts other content in the place of what a record holds, if it is still at the point where it was seen.
    package func rewrite(
        _ id: RecordID, seen: Record, as content: RecordContent
    ) async throws(StoreError) -> Bool {
        let result = await withCheckedContinuation { continuation in
            submit(
                .rewrite(
                    PendingRewrite(id: id, seen: seen, content: content) { continuation.resume(returning: $0) }))
        }
        return try result.get()
    }

    /// Removes up to `limit` expired records, at most `batch` at a time, between which all that is queued is served.
    package func sweep(limit: Int, batch: Int) async throws(StoreError) -> Int {
        var removed = 0
        while removed < limit {
            let next = min(limit - removed, batch)
            let result = await withCheckedContinuation { continuation in
                submit(.sweep(limit: next) { continuation.resume(returning: $0) })
            }
            let count = try result.get()
            removed += count
            guard count == next else { break }
        }
        return removed
    }
}
