import Idempotency

extension KeyOperations {
    /// How often a write is tried whose acknowledgement was lost, or which the store refused for the moment.
    private static let tries = 3

    /// What must still be there for a settlement of `seen`.
    ///
    /// - Throws: `OperationError` when a record in that state is not to be settled.
    static func expectation(on seen: FoundRecord, force: Bool) throws(OperationError) -> Expectation {
        switch seen.record.state {
        case .inDoubt: return .inDoubt(seen.record.owner)
        case .completed: throw .alreadyCompleted
        case .running:
            let remaining = seen.record.remainingLease(at: seen.now)
            guard remaining <= .zero else { throw .running(remaining: remaining) }
            guard force else { throw .lapsed }
            return .unrenewed(seen.record.owner, renewals: seen.record.renewals)
        }
    }

    /// Makes the write, again if its acknowledgement was lost; a write that finds itself there has succeeded.
    static func exchange(
        _ exchange: Exchange, in store: any RecordStore
    ) async -> Result<Record?, OperationError> {
        var isRepeated = false
        for number in 1...tries {
            do throws(StoreError) {
                switch try await store.exchange(exchange) {
                case .stored(let record, _): return .success(record)
                case .conflict(let record, _):
                    if isRepeated, record?.owner == exchange.next?.owner { return .success(record) }
                    return .failure(.changed)
                }
            } catch {
                isRepeated = isRepeated || error.effect == .unknown
                guard number == tries || !error.isTransient && error.effect == .notApplied else { continue }
                return .failure(isRepeated ? .unknown(error) : .storeFailed(error))
            }
        }
        return .failure(.changed)
    }
}
