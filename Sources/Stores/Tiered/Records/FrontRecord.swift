import Idempotency

/// What lies in front under a key, and what it means.
///
/// In front lies the record of the key itself, or a *lock*: the mark of an exchange whose outcome or doubt is on its
/// way to the store behind. A lock holds all of the record that it stands on, which is what the key still is for
/// everybody else, and it has an owner of its own, so that no write that expects that record succeeds.
struct FrontRecord: Sendable {
    /// What lies there.
    let raw: Record?
    /// The record of the key.
    let record: Record?
    /// Whether a lock lies there.
    let isLocked: Bool

    /// What lies there means.
    init(_ raw: Record?) {
        self.raw = raw
        guard let raw, let first = raw.checkpoint.first else {
            (record, isLocked) = (raw, false)
            return
        }
        guard first == Form.lock.rawValue, let lock = LockedState(raw.checkpoint) else {
            (record, isLocked) = (raw.with(checkpoint: Array(raw.checkpoint.dropFirst())), false)
            return
        }
        (record, isLocked) = (lock.record(under: raw), true)
    }

    /// What a write expects that replaces this and nothing else.
    var exactly: Expectation {
        guard let raw else { return .vacant }
        return switch raw.state {
        case .running: .unrenewed(raw.owner, renewals: raw.renewals)
        case .inDoubt: .inDoubt(raw.owner)
        // Nothing replaces a completed record; what expects this fails.
        case .completed: .running(raw.owner)
        }
    }

    /// A checkpoint as it lies in front.
    static func plain(_ checkpoint: [UInt8]) -> [UInt8] {
        checkpoint.isEmpty ? [] : [Form.plain.rawValue] + checkpoint
    }

    /// What the first byte of a checkpoint in front says; one that is empty lies there as it is.
    enum Form: UInt8 {
        case plain = 0
        case lock = 1
        case trace = 2
    }
}

extension Draft {
    /// The draft as it lies in front.
    var inFront: Draft {
        var draft = self
        draft.checkpoint = FrontRecord.plain(checkpoint)
        return draft
    }

    /// A lock over `record`, or over a vacant key that `next` wants to write.
    ///
    /// - Parameters:
    ///   - mark: The owner that the lock has.
    ///   - number: What tells this lock from others of the same mark.
    init(locking record: Record?, for next: Draft, mark: Owner, number: UInt32) {
        if let record {
            self.init(record, state: .running(lease: .zero))
            checkpoint = LockedState(record).bytes + record.checkpoint
        } else {
            self = next
            attempt = max(next.attempt, 1)
            state = .running(lease: .zero)
            checkpoint = LockedState(nil).bytes
        }
        owner = mark
        renewals = number
    }

    /// How long the trace of an ended attempt stays.
    private static let traceTime = Duration.seconds(3600)

    /// What tells that the attempt of `owner` has been ended by somebody else than its own process.
    init(tracing owner: Owner) {
        let nothing = Fingerprint(algorithm: 0, digest: Digest(0, 0, 0, 0))
        self.init(claiming: nothing, owner: owner, lease: .zero)
        fence = Fence(0)
        state = .completed(Outcome(.tombstone, []), retention: Self.traceTime)
        checkpoint = [FrontRecord.Form.trace.rawValue]
    }
}

extension RecordID {
    /// Under which the trace of an attempt at this key lies.
    func trace(of owner: Owner) -> RecordID {
        let words = digest.words
        // The owner is random: nobody finds a key whose id is this.
        return RecordID(Digest(words.0, words.1, words.2 ^ owner.high, words.3 ^ owner.low))
    }
}

extension Record {
    /// The same with another checkpoint.
    func with(checkpoint: [UInt8]) -> Record {
        var record = self
        record.checkpoint = checkpoint
        return record
    }
}
