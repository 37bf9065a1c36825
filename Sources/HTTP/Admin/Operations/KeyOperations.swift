public import Idempotency

/// What an operator can do with the records of a store: look at them, and settle what is in doubt.
///
/// A change is made by one conditional write that names exactly the attempt that was seen, never blindly: if the record
/// has changed meanwhile, nothing is written. Its intent is in the audit log before, its result after.
public struct KeyOperations: Sendable {
    let store: any ListingStore
    let audit: any AuditLog
    private let clock: any StoreClock

    /// Operations on this store.
    ///
    /// - Parameters:
    ///   - store: Where the records live.
    ///   - audit: Where changes are written down.
    ///   - clock: What the lines of the audit log are dated by.
    public init(store: any ListingStore, audit: any AuditLog, clock: any StoreClock = .system) {
        self.store = store
        self.audit = audit
        self.clock = clock
    }

    /// A page of records, oldest claim first.
    ///
    /// - Throws: `OperationError` when the store fails.
    public func list(_ query: RecordQuery) async throws(OperationError) -> RecordPage {
        do throws(StoreError) {
            return try await store.records(query)
        } catch {
            throw .storeFailed(error)
        }
    }

    /// How many records there are of each kind.
    ///
    /// - Throws: `OperationError` when the store fails.
    public func counts() async throws(OperationError) -> RecordCounts {
        do throws(StoreError) {
            return try await store.counts()
        } catch {
            throw .storeFailed(error)
        }
    }

    /// The record that a selector names.
    ///
    /// - Throws: `OperationError` when there is none, or more than one.
    public func find(_ selector: RecordSelector) async throws(OperationError) -> FoundRecord {
        let found: [FoundRecord]
        do throws(StoreError) {
            switch selector {
            case .id(let id): found = try await find(id: id)
            case .prefix(let digits): found = try await find(prefix: digits)
            case .key(let key, let scope): found = try await find(key: key, scope: scope)
            }
        } catch {
            throw .storeFailed(error)
        }
        guard found.count < 2 else { throw .ambiguous(selector, found.map(\.id)) }
        guard let only = found.first else { throw .notFound(selector) }
        return only
    }

    /// Settles a record: what is in doubt becomes completed or vacant.
    ///
    /// An attempt whose lease holds is never touched, nor an outcome: it never changes. An attempt whose lease is over
    /// and which nobody has settled yet is touched only if `force` is set.
    ///
    /// - Parameters:
    ///   - id: Which record.
    ///   - settlement: What it becomes.
    ///   - reason: Why, for the audit log; must say something.
    ///   - author: Who does it, for the audit log.
    ///   - force: Whether a lapsed attempt is settled too.
    /// - Returns: The record before and after; after a release there is none.
    /// - Throws: `OperationError`. With code `unknown` the change may have happened: look again.
    @discardableResult
    public func settle(
        _ id: RecordID, as settlement: Settlement, reason: String, author: String, force: Bool = false
    ) async throws(OperationError) -> Settled {
        guard reason.contains(where: { !$0.isWhitespace }) else { throw .reasonMissing }
        let seen = try await find(.id(id))
        let expectation = try Self.expectation(on: seen, force: force)
        // Under an owner of its own: the attempt that was in doubt must not take the operator's word for its own write.
        let draft = settlement.draft(after: seen.record, owner: .fresh())
        var entry = AuditEntry(
            time: clock.now, change: Owner.fresh().description, author: author,
            action: settlement.action, id: id, reason: reason, forced: force, before: seen.record)
        try await write(entry)
        let result = await Self.exchange(Exchange(id, expecting: expectation, next: draft), in: store)
        entry.time = clock.now
        switch result {
        case .success(let after):
            entry.phase = .done
            entry.after = after
        case .failure(let error):
            entry.phase = error.code == .unknown ? .unknown : .refused
            entry.error = error.message
        }
        do {
            try await audit.append(entry)
        } catch {
            // The change is made and its intent is written; only the second line is missing.
            if case .success = result { throw .auditIncomplete(error) }
        }
        return Settled(before: seen, after: try result.get())
    }

    private func write(_ entry: AuditEntry) async throws(OperationError) {
        do {
            try await audit.append(entry)
        } catch {
            throw .auditFailed(error)
        }
    }
}
