import Idempotency
import NIOCore

extension RecordCoding {
    /// Reads the value of a key back, or a part of it from its beginning; `nil` if the key is vacant.
    ///
    /// - Parameter isPart: Whether the end of the value may be missing; checkpoint and outcome are then left empty.
    static func decode(_ value: ByteBuffer, isPart: Bool = false) throws(Damage) -> Record? {
        var value = value
        let size = value.readableBytes
        guard value.readInteger(as: UInt8.self) == version else { throw Damage(part: "version") }
        guard let state = value.readInteger(as: UInt8.self), size >= markerSize else { throw Damage(part: "length") }
        if state == StateNumber.vacant {
            guard size == markerSize else { throw Damage(part: "length") }
            return nil
        }
        guard size >= fixedSize, let fixed = Fixed(reading: &value), let lengths = Lengths(reading: &value) else {
            throw Damage(part: "length")
        }
        guard isPart || size == fixedSize + lengths.total else { throw Damage(part: "length") }
        let label = Label(
            key: try text(&value, lengths.key, "key"), scope: try text(&value, lengths.scope, "scope"),
            operation: try text(&value, lengths.operation, "operation"))
        let checkpoint = isPart ? [] : try bytes(&value, lengths.checkpoint, "checkpoint")
        let outcome = isPart ? [] : try bytes(&value, lengths.outcome, "outcome")
        if state != StateNumber.completed, lengths.outcome != 0 { throw Damage(part: "outcome") }
        return Record(
            fingerprint: fixed.fingerprint, owner: fixed.owner, fence: fixed.fence, attempt: fixed.attempt,
            renewals: fixed.renewals, created: fixed.created,
            state: try Self.state(state, fixed, outcome: outcome), checkpoint: checkpoint, label: label)
    }

    private static func state(_ number: UInt8, _ fixed: Fixed, outcome: [UInt8]) throws(Damage) -> Record.State {
        let end = fixed.moment + .microseconds(fixed.length)
        switch number {
        case StateNumber.running where fixed.detail == 0:
            return .running(leaseEnd: end)
        case StateNumber.completed:
            guard let kind = Outcome.Kind(rawValue: fixed.detail) else { throw Damage(part: "detail") }
            return .completed(Outcome(kind, outcome), at: fixed.moment, expires: end)
        case StateNumber.inDoubt:
            guard let doubt = Doubt(rawValue: fixed.detail) else { throw Damage(part: "detail") }
            return .inDoubt(doubt, since: fixed.moment)
        default:
            throw Damage(part: "state")
        }
    }

    private static func text(_ value: inout ByteBuffer, _ length: Int, _ part: String) throws(Damage) -> String {
        guard let piece = value.readSlice(length: length) else { throw Damage(part: part) }
        guard let text = String(validating: piece.readableBytesView, as: UTF8.self) else { throw Damage(part: part) }
        return text
    }

    private static func bytes(_ value: inout ByteBuffer, _ length: Int, _ part: String) throws(Damage) -> [UInt8] {
        guard let bytes = value.readBytes(length: length) else { throw Damage(part: part) }
        return bytes
    }

    /// The parts of a fixed size that follow the state.
    private struct Fixed {
        let owner: Owner
        let renewals: UInt32
        let fence: Fence
        let moment: Timestamp
        let length: Int64
        let created: Timestamp
        let attempt: UInt32
        let detail: UInt8
        let fingerprint: Fingerprint

        init?(reading value: inout ByteBuffer) {
            guard
                let (high, low, renewals) = value.readMultipleIntegers(as: (UInt64, UInt64, UInt32).self),
                let (fence, moment, length, created) = value.readMultipleIntegers(
                    as: (UInt64, Int64, Int64, Int64).self),
                let (attempt, algorithm, detail) = value.readMultipleIntegers(as: (UInt32, UInt8, UInt8).self),
                let (a, b, c, d) = value.readMultipleIntegers(as: (UInt64, UInt64, UInt64, UInt64).self)
            else { return nil }
            owner = Owner(high: high, low: low)
            self.renewals = renewals
            self.fence = Fence(fence)
            self.moment = Timestamp(microseconds: moment)
            self.length = length
            self.created = Timestamp(microseconds: created)
            self.attempt = attempt
            self.detail = detail
            fingerprint = Fingerprint(algorithm: algorithm, digest: Digest(a, b, c, d))
        }
    }
}

extension RecordCoding {
    /// The lengths of the parts that have no fixed size.
    struct Lengths: Hashable {
        let key: Int
        let scope: Int
        let operation: Int
        let checkpoint: Int
        let outcome: Int

        init?(reading value: inout ByteBuffer) {
            guard let (a, b, c, d, e) = value.readMultipleIntegers(as: (UInt32, UInt32, UInt32, UInt32, UInt32).self)
            else { return nil }
            (key, scope, operation, checkpoint, outcome) = (Int(a), Int(b), Int(c), Int(d), Int(e))
        }

        var total: Int { texts + payload }
        /// The bytes of key, scope and operation.
        var texts: Int { key + scope + operation }
        /// The bytes of checkpoint and outcome.
        var payload: Int { checkpoint + outcome }
    }

    /// The lengths that the value of a record tells, or `nil` when it has none.
    static func lengths(of value: ByteBuffer) -> Lengths? {
        guard value.readableBytes >= fixedSize, var rest = value.getSlice(at: value.readerIndex + 92, length: 20)
        else { return nil }
        return Lengths(reading: &rest)
    }
}
