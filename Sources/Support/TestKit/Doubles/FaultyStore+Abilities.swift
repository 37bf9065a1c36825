public import Idempotency

extension FaultyStore: SubmittingStore where Base: SubmittingStore {
    /// Submits the exchange with the fault that the plan has for it.
    public func submit(
        _ exchange: Exchange, completion: @escaping @Sendable (Result<ExchangeReply, StoreError>) -> Void
    ) {
        let fault = nextFault(exchange)
        if let fault, !fault.reachesStore, let error = fault.error { return completion(.failure(error)) }
        switch fault {
        case .delayRequest(let duration):
            timer.schedule(duration) { self.base.submit(exchange, completion: completion) }
        case .delayReply(let duration):
            base.submit(exchange) { result in self.timer.schedule(duration) { completion(result) } }
        case .repeatLater(let duration):
            base.submit(exchange, completion: completion)
            timer.schedule(duration) { self.base.submit(exchange) { _ in } }
        case .refuse, .loseRequest, .loseReply, .failBefore, .failAfter, nil:
            base.submit(exchange) { result in completion(fault?.error.map { .failure($0) } ?? result) }
        }
    }
}

extension FaultyStore: ListingStore where Base: ListingStore {
    /// Reads one record with the fault that the plan has for it.
    public func record(_ id: RecordID) async throws(StoreError) -> (record: Record?, now: Timestamp) {
        try await call(nextFault(nil)) { () async throws(StoreError) in try await self.base.record(id) }
    }

    /// Lists with the fault that the plan has for it.
    public func records(_ query: RecordQuery) async throws(StoreError) -> RecordPage {
        try await call(nextFault(nil)) { () async throws(StoreError) in try await self.base.records(query) }
    }

    /// Walks with the fault that the plan has for it.
    public func walk(from place: WalkPlace?, limit: Int) async throws(StoreError) -> WalkPage {
        try await call(nextFault(nil)) { () async throws(StoreError) in
            try await self.base.walk(from: place, limit: limit)
        }
    }

    /// Counts with the fault that the plan has for it.
    public func counts() async throws(StoreError) -> RecordCounts {
        try await call(nextFault(nil)) { () async throws(StoreError) in try await self.base.counts() }
    }
}

extension FaultyStore: RewritingStore where Base: RewritingStore {
    /// Rewrites with the fault that the plan has for it.
    public func rewrite(
        _ id: RecordID, seen: Record, as content: RecordContent
    ) async throws(StoreError) -> Bool {
        try await call(nextFault(nil)) { () async throws(StoreError) in
            try await self.base.rewrite(id, seen: seen, as: content)
        }
    }
}

extension FaultyStore: SweepingStore where Base: SweepingStore {
    /// Sweeps with the fault that the plan has for it.
    public func sweep(limit: Int) async throws(StoreError) -> Int {
        try await call(nextFault(nil)) { () async throws(StoreError) in try await self.base.sweep(limit: limit) }
    }
}
