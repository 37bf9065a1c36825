import Idempotency

extension RecordCoding {
    /// What an exchange sets in an item, but for the fence.
    ///
    /// - Parameters:
    ///   - draft: What to write, or `nil` for a vacant key whose fence is remembered.
    ///   - now: The stamp.
    ///   - memory: How long the item stays after the key is vacant.
    static func attributes(_ draft: Draft?, at now: Timestamp, memory: Duration) -> [Name: AttributeValue] {
        guard let draft else {
            var values: [Name: AttributeValue] = [
                .version: .number(version), .state: .text(StateName.vacant), .moment: .number(now.microseconds),
            ]
            values[.timeToLive] = timeToLive(now + memory)
            return values
        }
        let outcome: [UInt8] = if case .completed(let outcome, _) = draft.state { outcome.bytes } else { [] }
        var values: [Name: AttributeValue] = [
            .version: .number(version), .owner: .text(draft.owner.description), .renewals: .number(draft.renewals),
            .attempt: .number(draft.attempt), .created: .number((draft.created ?? now).microseconds),
            .moment: .number(now.microseconds), .fingerprint: .text(draft.fingerprint.digest.description),
            .algorithm: .number(draft.fingerprint.algorithm), .key: .text(draft.label.key),
            .scope: .text(draft.label.scope), .operation: .text(draft.label.operation),
            .payload: .number(draft.checkpoint.count + outcome.count),
        ]
        switch draft.state {
        case .running(let lease):
            values[.state] = .text(StateName.running)
            values[.length] = .number(lease.wholeMicroseconds)
        case .completed(let outcome, let retention):
            let expires = now + retention
            values[.state] = .text(StateName.completed)
            values[.length] = .number(retention.wholeMicroseconds)
            values[.detail] = .number(outcome.kind.rawValue)
            values[.expires] = .number(expires.microseconds)
            values[.timeToLive] = timeToLive(expires + memory)
        case .inDoubt(let doubt):
            values[.state] = .text(StateName.inDoubt)
            values[.length] = .number(0)
            values[.detail] = .number(doubt.rawValue)
        }
        if !draft.checkpoint.isEmpty { values[.checkpoint] = .bytes(draft.checkpoint) }
        if !outcome.isEmpty { values[.outcome] = .bytes(outcome) }
        return values
    }

    /// The last second of the year 9999: what is kept longer than that has no end in the server.
    private static let endOfTime: Int64 = 253_402_300_799

    /// Seconds since the epoch, rounded up, or `nil` for no end.
    private static func timeToLive(_ time: Timestamp) -> AttributeValue? {
        let seconds = time.microseconds / 1_000_000 + 1
        return seconds > endOfTime ? nil : .number(max(seconds, 0))
    }
}
