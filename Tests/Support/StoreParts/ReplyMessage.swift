import Idempotency

/// What came of an exchange, on its way back from another process.
struct ReplyMessage: Codable, Sendable {
    private enum Content: Codable {
        case stored(RecordMessage?, now: Int64)
        case conflict(RecordMessage?, now: Int64)
        case failed(code: String, message: String, mayBeApplied: Bool)
    }

    let number: Int
    private let content: Content

    init(_ number: Int, _ result: Result<ExchangeReply, StoreError>) {
        self.number = number
        content =
            switch result {
            case .success(.stored(let record, let now)):
                .stored(record.map { RecordMessage($0) }, now: now.microseconds)
            case .success(.conflict(let record, let now)):
                .conflict(record.map { RecordMessage($0) }, now: now.microseconds)
            case .failure(let error):
                .failed(code: "\(error.code)", message: error.message, mayBeApplied: error.effect == .unknown)
            }
    }

    var result: Result<ExchangeReply, StoreError> {
        switch content {
        case .stored(let record, let now):
            .success(.stored(record?.record, now: Timestamp(microseconds: now)))
        case .conflict(let record, let now):
            .success(.conflict(record?.record, now: Timestamp(microseconds: now)))
        case .failed(let code, let message, let mayBeApplied):
            .failure(StoreError(Self.code(code), message, effect: mayBeApplied ? .unknown : .notApplied))
        }
    }

    private static func code(_ name: String) -> StoreError.Code {
        let all: [StoreError.Code] = [.unavailable, .full, .tooLarge, .corrupt, .misuse, .shutDown]
        return all.first { "\($0)" == name } ?? .misuse
    }
}

private struct RecordMessage: Codable {
    private enum State: Codable {
        case running(Int64)
        case completed(OutcomeMessage, Int64, Int64)
        case inDoubt(UInt8, Int64)
    }

    private let parts: RecordParts
    private let fence: UInt64
    private let created: Int64
    private let state: State

    init(_ record: Record) {
        parts = RecordParts(
            record.fingerprint, record.owner, record.attempt, record.renewals, record.checkpoint, record.label)
        fence = record.fence.number
        created = record.created.microseconds
        state =
            switch record.state {
            case .running(let end): .running(end.microseconds)
            case .completed(let outcome, let time, let expires):
                .completed(OutcomeMessage(outcome), time.microseconds, expires.microseconds)
            case .inDoubt(let doubt, let since): .inDoubt(doubt.rawValue, since.microseconds)
            }
    }

    var record: Record {
        let state: Record.State =
            switch self.state {
            case .running(let end): .running(leaseEnd: Timestamp(microseconds: end))
            case .completed(let outcome, let time, let expires):
                .completed(
                    outcome.outcome, at: Timestamp(microseconds: time), expires: Timestamp(microseconds: expires))
            case .inDoubt(let doubt, let since):
                .inDoubt(Doubt(rawValue: doubt) ?? .unknownEnd, since: Timestamp(microseconds: since))
            }
        return Record(
            fingerprint: parts.fingerprint, owner: Owner(list: parts.owner), fence: Fence(fence),
            attempt: parts.attempt, renewals: parts.renewals, created: Timestamp(microseconds: created), state: state,
            checkpoint: [UInt8](parts.checkpoint), label: parts.labelOfRecord)
    }
}
