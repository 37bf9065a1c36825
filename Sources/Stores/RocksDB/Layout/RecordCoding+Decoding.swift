import Idempotency

extension RecordCoding {
    /// Reads the value of a record back.
    static func decode(_ value: UnsafeRawBufferPointer, id: RecordID) throws(Damage) -> StoredRecord {
        guard value.count > 0, value[0] == version else { throw Damage(part: "version") }
        guard value.count >= fixedSize + checksumSize else { throw Damage(part: "length") }
        let end = value.count - checksumSize
        let covered = UnsafeRawBufferPointer(rebasing: value[..<end])
        guard value.word(end) == Checksum.of(covered, seed: id.digest.words.0) else { throw Damage(part: "checksum") }
        let isRunning = value[Offset.state] == StateNumber.running
        var parts = Parts(covered, from: fixedSize + (isRunning ? holderSize : 0))
        let label = Label(
            key: try parts.text("key"), scope: try parts.text("scope"), operation: try parts.text("operation"))
        let checkpoint = try parts.bytes("checkpoint")
        let outcome = try parts.bytes("outcome")
        guard parts.offset == end else { throw Damage(part: "length") }
        let record = Record(
            fingerprint: Fingerprint(
                algorithm: value[Offset.algorithm],
                digest: Digest(
                    value.word(Offset.fingerprint), value.word(Offset.fingerprint + 8),
                    value.word(Offset.fingerprint + 16), value.word(Offset.fingerprint + 24))),
            owner: Owner(high: value.word(Offset.owner), low: value.word(Offset.owner + 8)),
            fence: Fence(value.word(Offset.fence)), attempt: value.halfWord(Offset.attempt),
            renewals: value.halfWord(Offset.renewals), created: time(value, Offset.created),
            state: try state(of: value, outcome: outcome), checkpoint: checkpoint, label: label)
        return StoredRecord(record, lease: isRunning ? lease(of: value) : nil)
    }

    private static func time(_ value: UnsafeRawBufferPointer, _ offset: Int) -> Timestamp {
        Timestamp(microseconds: Int64(bitPattern: value.word(offset)))
    }

    private static func lease(of value: UnsafeRawBufferPointer) -> StoredRecord.Lease {
        StoredRecord.Lease(
            uptime: Int64(bitPattern: value.word(Offset.second)),
            holder: StoredRecord.Holder(instance: value.word(fixedSize), boot: value.word(fixedSize + 8)))
    }

    private static func state(of value: UnsafeRawBufferPointer, outcome: [UInt8]) throws(Damage) -> Record.State {
        let (detail, moment) = (value[Offset.detail], time(value, Offset.moment))
        switch value[Offset.state] {
        case StateNumber.running where outcome.isEmpty && detail == 0:
            return .running(leaseEnd: moment)
        case StateNumber.completed:
            guard let kind = Outcome.Kind(rawValue: detail) else { throw Damage(part: "detail") }
            return .completed(Outcome(kind, outcome), at: moment, expires: time(value, Offset.second))
        case StateNumber.inDoubt where outcome.isEmpty && value.word(Offset.second) == 0:
            guard let doubt = Doubt(rawValue: detail) else { throw Damage(part: "detail") }
            return .inDoubt(doubt, since: moment)
        default:
            throw Damage(part: "state")
        }
    }

    /// The parts that have no fixed size, one after the other.
    private struct Parts {
        private let value: UnsafeRawBufferPointer
        private var next = 0
        private(set) var offset: Int

        init(_ value: UnsafeRawBufferPointer, from offset: Int) {
            self.value = value
            self.offset = offset
        }

        mutating func bytes(_ part: String) throws(Damage) -> [UInt8] {
            Array(try piece(part))
        }

        mutating func text(_ part: String) throws(Damage) -> String {
            let piece = try piece(part)
            guard !piece.isEmpty else { return "" }
            guard let text = String(validating: piece, as: UTF8.self) else { throw Damage(part: part) }
            return text
        }

        private mutating func piece(_ part: String) throws(Damage) -> Slice<UnsafeRawBufferPointer> {
            let length = Int(value.halfWord(Offset.lengths + next * 4))
            guard offset <= value.count, length <= value.count - offset else { throw Damage(part: part) }
            defer {
                next += 1
                offset += length
            }
            return value[offset..<offset + length]
        }
    }
}
