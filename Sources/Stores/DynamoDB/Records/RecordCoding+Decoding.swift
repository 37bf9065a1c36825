import Idempotency

extension RecordCoding {
    /// An item as it was read: the record, and what belongs to the write of it.
    struct StoredItem: Hashable, Sendable {
        /// The record as it was stamped, or `nil` for a vacant key whose fence is remembered.
        let record: Record?
        /// The bytes of checkpoint and outcome, also where they were not read.
        let payload: Int
        let write: String
        let clock: String
        /// The lease of a running record.
        let lease: Duration
        let fence: Fence
        /// When it was written.
        let moment: Timestamp
    }

    /// Reads an item back.
    static func decode(_ item: Item) throws(Damage) -> StoredItem {
        guard try integer(item, .version, Int.self) == version else { throw Damage(part: Name.version.rawValue) }
        let state = try text(item, .state)
        let fence = Fence(try integer(item, .fence))
        let write = try text(item, .write)
        let moment = Timestamp(microseconds: try integer(item, .moment))
        if state == StateName.vacant {
            return StoredItem(
                record: nil, payload: 0, write: write, clock: "", lease: .zero, fence: fence,
                moment: moment)
        }
        let length: Int64 = try integer(item, .length)
        let record = Record(
            fingerprint: try fingerprint(item), owner: try owner(item), fence: fence,
            attempt: try integer(item, .attempt), renewals: try integer(item, .renewals),
            created: Timestamp(microseconds: try integer(item, .created)),
            state: try Self.state(state, item, length: .microseconds(length)), checkpoint: try bytes(item, .checkpoint),
            label: Label(
                key: try text(item, .key), scope: try text(item, .scope), operation: try text(item, .operation)))
        return StoredItem(
            record: record, payload: try integer(item, .payload), write: write, clock: try text(item, .clock),
            lease: .microseconds(length), fence: fence, moment: moment)
    }

    private static func state(
        _ name: String, _ item: Item, length: Duration
    ) throws(Damage) -> Record.State {
        let moment = Timestamp(microseconds: try integer(item, .moment))
        switch name {
        case StateName.running:
            return .running(leaseEnd: moment + length)
        case StateName.completed:
            guard let kind = Outcome.Kind(rawValue: try integer(item, .detail)) else { throw damage(.detail) }
            let expires = Timestamp(microseconds: try integer(item, .expires))
            return .completed(Outcome(kind, try bytes(item, .outcome)), at: moment, expires: expires)
        case StateName.inDoubt:
            guard let doubt = Doubt(rawValue: try integer(item, .detail)) else { throw damage(.detail) }
            return .inDoubt(doubt, since: moment)
        default:
            throw damage(.state)
        }
    }

    private static func fingerprint(_ item: Item) throws(Damage) -> Fingerprint {
        guard let digest = Digest(hexadecimal: try text(item, .fingerprint)) else { throw damage(.fingerprint) }
        return Fingerprint(algorithm: try integer(item, .algorithm), digest: digest)
    }

    private static func owner(_ item: Item) throws(Damage) -> Owner {
        let digits = try text(item, .owner)
        guard digits.utf8.count == 32, let high = UInt64(digits.prefix(16), radix: 16),
            let low = UInt64(digits.suffix(16), radix: 16)
        else { throw damage(.owner) }
        return Owner(high: high, low: low)
    }

    private static func text(_ item: Item, _ name: Name) throws(Damage) -> String {
        guard let text = item[name.rawValue]?.text else { throw damage(name) }
        return text
    }

    private static func integer<Number: FixedWidthInteger>(
        _ item: Item, _ name: Name, _ type: Number.Type = Number.self
    ) throws(Damage) -> Number {
        guard let number = item[name.rawValue]?.integer(type) else { throw damage(name) }
        return number
    }

    /// Bytes that are left out are none.
    private static func bytes(_ item: Item, _ name: Name) throws(Damage) -> [UInt8] {
        guard let value = item[name.rawValue] else { return [] }
        guard let bytes = value.bytes else { throw damage(name) }
        return bytes
    }

    private static func damage(_ name: Name) -> Damage { Damage(part: name.rawValue) }
}
