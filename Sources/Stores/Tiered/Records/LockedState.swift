import Idempotency

/// The parts of a record that a lock over it replaces: at the beginning of the checkpoint of the lock.
struct LockedState: Hashable, Sendable {
    /// Owner, count and state of the record; `nil` when the key was vacant.
    private let parts: Parts?

    private struct Parts: Hashable {
        var owner: Owner
        var renewals: UInt32
        var time: Timestamp
        var doubt: Doubt?
    }

    private static let size = 2 + 16 + 4 + 8 + 1

    /// The parts of a record that is running or in doubt.
    init(_ record: Record?) {
        guard let record else {
            parts = nil
            return
        }
        let (time, doubt): (Timestamp, Doubt?) =
            switch record.state {
            case .running(let leaseEnd): (leaseEnd, nil)
            case .inDoubt(let doubt, let since): (since, doubt)
            case .completed(_, let at, _): (at, nil)
            }
        parts = Parts(owner: record.owner, renewals: record.renewals, time: time, doubt: doubt)
    }

    /// Reads the checkpoint of a lock; `nil` when it is none.
    init?(_ bytes: [UInt8]) {
        guard bytes.count >= Self.size, bytes[0] == FrontRecord.Form.lock.rawValue else { return nil }
        guard bytes[1] != 0 else {
            parts = nil
            return
        }
        func number(_ range: Range<Int>) -> UInt64 { bytes[range].reduce(0) { $0 << 8 | UInt64($1) } }
        var doubt: Doubt?
        if bytes[1] == 2 {
            guard let known = Doubt(rawValue: bytes[30]) else { return nil }
            doubt = known
        }
        parts = Parts(
            owner: Owner(high: number(2..<10), low: number(10..<18)), renewals: UInt32(number(18..<22)),
            time: Timestamp(microseconds: Int64(bitPattern: number(22..<30))), doubt: doubt)
    }

    /// The beginning of the checkpoint of a lock.
    var bytes: [UInt8] {
        var bytes: [UInt8] = [FrontRecord.Form.lock.rawValue, 0]
        bytes.reserveCapacity(Self.size)
        func append(_ number: some FixedWidthInteger) {
            for byte in stride(from: number.bitWidth - 8, through: 0, by: -8) {
                bytes.append(UInt8(truncatingIfNeeded: number >> byte))
            }
        }
        if let parts { bytes[1] = parts.doubt == nil ? 1 : 2 }
        append(parts?.owner.high ?? 0)
        append(parts?.owner.low ?? 0)
        append(parts?.renewals ?? 0)
        append(parts?.time.microseconds ?? 0)
        bytes.append(parts?.doubt?.rawValue ?? 0)
        return bytes
    }

    /// The record that `lock` stands on.
    func record(under lock: Record) -> Record? {
        guard let parts else { return nil }
        let state: Record.State =
            if let doubt = parts.doubt { .inDoubt(doubt, since: parts.time) } else { .running(leaseEnd: parts.time) }
        return Record(
            fingerprint: lock.fingerprint, owner: parts.owner, fence: lock.fence, attempt: lock.attempt,
            renewals: parts.renewals, created: lock.created, state: state,
            checkpoint: Array(lock.checkpoint.dropFirst(Self.size)), label: lock.label)
    }
}
