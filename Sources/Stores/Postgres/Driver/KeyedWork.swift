import Idempotency

/// An operation under a key, within a transaction.
struct KeyedWork: Sendable {
    let id: RecordID
    let fingerprint: Fingerprint
    let owner: Owner
    let label: Label
    let retention: Duration
    let errors: [any StorableError.Type]
    let duplicates: PostgresDatabase.Duplicates
    let usualPatience: Duration

    /// A commit of which nobody knows whether it took place.
    struct LostCommit: Error {
        let cause: StoreError
        let predecessor: Predecessor
    }

    /// What is found after that.
    enum Found: Sendable {
        /// It took place.
        case committed(Outcome, Fence)
        /// It did not.
        case nothing
    }

    /// Runs the operation, or gives its first result. Blocks.
    func run<Value: Codable & Sendable>(
        on connection: Connection, until deadline: ContinuousClock.Instant,
        _ operation: (PostgresTransaction, TransactionAttempt) throws -> Value
    ) throws -> Report<Value> {
        let steps = TransactionSteps(connection: connection, deadline: deadline, usualPatience: usualPatience)
        defer { _ = connection.rollBack(until: deadline) }
        let found: Record?
        let now: Timestamp
        do {
            guard try steps.begin(id, duplicates: duplicates) else {
                throw OnceError(.inProgress(retryAfter: .seconds(1)))
            }
            (found, now) = try steps.look(id)
        } catch let failure as PostgresFailure {
            throw failure.storeError(.notApplied)
        } catch let damage as RecordRow.Damage {
            throw damage.error
        }
        switch Decision(on: found, at: now, fingerprint: fingerprint, interrupted: .hold) {
        case .claim: return try perform(steps, inPlaceOfExpired: found != nil, operation)
        case .replay(let outcome):
            let value: Value = try OutcomeCoding.value(of: outcome, among: errors)
            return Report(value: value, isReplay: true, fence: nil)
        case .mismatch: throw OnceError(.mismatch)
        case .inDoubt(let doubt): throw OnceError(.inDoubt(doubt))
        case .inProgress(let remaining): throw OnceError(.inProgress(retryAfter: remaining))
        // Left behind by an attempt that did not run within a transaction; whoever settles that one decides.
        case .hold, .takeOver, .reconcile: throw OnceError(.inDoubt(.leaseLapsed))
        }
    }

    private func perform<Value: Codable & Sendable>(
        _ steps: TransactionSteps, inPlaceOfExpired: Bool,
        _ operation: (PostgresTransaction, TransactionAttempt) throws -> Value
    ) throws -> Report<Value> {
        let fence = try naming { try steps.nextFence() }
        let transaction = PostgresTransaction(steps.connection, until: steps.deadline)
        let value = try operation(transaction, TransactionAttempt(id: id, fence: fence))
        var draft = Draft(claiming: fingerprint, owner: owner, lease: .zero, label: label)
        draft.fence = fence
        // A result that cannot be encoded is an error like any other: it rolls everything back.
        draft.state = .completed(Outcome(.success, try OutcomeCoding.encode(value)), retention: retention)
        let isWritten = try naming { try steps.complete(id, draft, inPlaceOfExpired: inPlaceOfExpired) }
        guard isWritten else { throw OnceError(.superseded) }
        do {
            try Commit.run(on: steps.connection, until: steps.deadline)
        } catch let error as StoreError where error.effect == .unknown {
            // The session is there and has said all that it knows: that is on its disk, and may not be elsewhere.
            guard !steps.connection.isOpen else {
                throw OnceError(
                    .storeUnavailable, "\(error.message) The same key tells later.", retry: .sameKeyLater,
                    retryAfter: .seconds(1), cause: error)
            }
            throw LostCommit(cause: error, predecessor: Predecessor(steps.connection))
        }
        return Report(value: value, isReplay: false, fence: fence)
    }

    /// What became of a commit whose answer was lost. Blocks.
    func find(
        on connection: Connection, after lost: LostCommit, until deadline: ContinuousClock.Instant
    ) throws -> Found {
        guard try lost.predecessor.isGone(seenFrom: connection, until: deadline) else { throw lost.cause }
        let (record, _) = try RecordListing(connection, until: deadline).found(id)
        guard let record, record.owner == owner, case .completed(let outcome, _, _) = record.state else {
            return .nothing
        }
        return .committed(outcome, record.fence)
    }

    private func naming<Result>(_ body: () throws -> Result) throws -> Result {
        do {
            return try body()
        } catch let failure as PostgresFailure {
            throw failure.storeError(.notApplied)
        }
    }
}
