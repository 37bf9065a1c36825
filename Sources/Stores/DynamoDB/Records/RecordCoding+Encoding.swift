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
        var values = attributes(RecordContent(of: draft))
        values[.version] = .number(version)
        values[.owner] = .text(draft.owner.description)
        values[.renewals] = .number(draft.renewals)
        values[.attempt] = .number(draft.attempt)
        values[.created] = .number((draft.created ?? now).microseconds)
        values[.moment] = .number(now.microseconds)
        switch draft.state {
        case .running(let lease):
            values[.state] = .text(StateName.running)
            values[.length] = .number(lease.wholeMicroseconds)
        case .completed(_, let retention):
            let expires = now + retention
            values[.state] = .text(StateName.completed)
            values[.length] = .number(retention.wholeMicroseconds)
            values[.expires] = .number(expires.microseconds)
            values[.timeToLive] = timeToLive(expires + memory)
        case .inDoubt(let doubt):
            values[.state] = .text(StateName.inDoubt)
            values[.length] = .number(0)
            values[.detail] = .number(doubt.rawValue)
        }
        return values
    }

    /// What an item holds of callers and operations; bytes that are empty are left out.
    static func attributes(_ content: RecordContent) -> [Name: AttributeValue] {
        let outcome = content.outcome?.bytes ?? []
        var values: [Name: AttributeValue] = [
            .fingerprint: .text(content.fingerprint.digest.description),
            .algorithm: .number(content.fingerprint.algorithm), .key: .text(content.label.key),
            .scope: .text(content.label.scope), .operation: .text(content.label.operation),
            .payload: .number(content.checkpoint.count + outcome.count),
        ]
        if let outcome = content.outcome { values[.detail] = .number(outcome.kind.rawValue) }
        if !content.checkpoint.isEmpty { values[.checkpoint] = .bytes(content.checkpoint) }
        if !outcome.isEmpty { values[.outcome] = .bytes(outcome) }
        return values
    }

    /// An item with other content, all else of it kept; an outcome only where there is one.
    static func item(_ item: Item, of record: Record, holding content: RecordContent) -> Item {
        var item = item
        item[Name.checkpoint.rawValue] = nil
        item[Name.outcome.rawValue] = nil
        for (name, value) in attributes(RecordContent(of: record.holding(content))) { item[name.rawValue] = value }
        return item
    }

    /// The last second of the year 9999: what is kept longer than that has no end in the server.
    private static let endOfTime: Int64 = 253_402_300_799

    /// Seconds since the epoch, rounded up, or `nil` for no end.
    private static func timeToLive(_ time: Timestamp) -> AttributeValue? {
        let seconds = time.microseconds / 1_000_000 + 1
        return seconds > endOfTime ? nil : .number(max(seconds, 0))
    }
}
