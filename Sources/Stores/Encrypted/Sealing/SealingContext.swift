import Idempotency

/// What an encrypted part of a record belongs to: all of it is authenticated together with the part, so that a part
/// opens in its own place only.
struct SealingContext {
    /// Which part.
    enum Part: UInt8 {
        case content = 1
        case outcome = 2
    }

    let id: RecordID
    let owner: Owner
    let attempt: UInt32
    let renewals: UInt32
    /// 0 running, 1 completed, 2 in doubt.
    private let state: UInt8
    private let doubt: UInt8

    init(_ draft: Draft, of id: RecordID) {
        self.id = id
        owner = draft.owner
        attempt = draft.attempt
        renewals = draft.renewals
        switch draft.state {
        case .running: (state, doubt) = (0, 0)
        case .completed: (state, doubt) = (1, 0)
        case .inDoubt(let reason): (state, doubt) = (2, reason.rawValue)
        }
    }

    init(_ record: Record, of id: RecordID) {
        self.id = id
        owner = record.owner
        attempt = record.attempt
        renewals = record.renewals
        switch record.state {
        case .running: (state, doubt) = (0, 0)
        case .completed: (state, doubt) = (1, 0)
        case .inDoubt(let reason, _): (state, doubt) = (2, reason.rawValue)
        }
    }

    /// The additional data of a part.
    ///
    /// - Parameters:
    ///   - key: The id of the key.
    ///   - fingerprint: The keyed fingerprint that stands in the record.
    ///   - label: The pseudonyms that stand in the record.
    func data(_ part: Part, key: String, fingerprint: Fingerprint, label: Label) -> [UInt8] {
        var data: [UInt8] = []
        data.reserveCapacity(256)
        data += "once".utf8
        data += [SealedBox.format, part.rawValue, state, doubt]
        data += id.digest.bytes
        data.append(owner.high)
        data.append(owner.low)
        data.append(attempt)
        data.append(renewals)
        data.append(fingerprint.algorithm)
        data += fingerprint.digest.bytes
        for text in [key, label.key, label.scope, label.operation] {
            data.append(UInt32(clamping: text.utf8.count))
            data += text.utf8
        }
        return data
    }
}
