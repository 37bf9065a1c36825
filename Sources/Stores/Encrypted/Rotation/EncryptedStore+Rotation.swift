public import Idempotency

extension EncryptedStore where Base: ListingStore {
    /// Encrypts every record anew with the active key, one by one, each only if it has not changed meanwhile.
    ///
    /// Executions go on all the while. What has an attempt under way is left for its completion. One walk over the
    /// store, whatever its size. When it is broken off, another run does what is left: what is encrypted with the
    /// active key is looked at and left alone.
    ///
    /// - Parameters:
    ///   - pageSize: About how many records are read in one go.
    ///   - rest: The rest after each page, in which others have the store to themselves.
    ///   - progress: Called after every page.
    /// - Throws: `StoreError`: `misuse` if the store cannot rewrite records.
    public func rotate(
        pageSize: Int = 200, rest: Duration = .milliseconds(5), progress: (RotationReport) -> Void = { _ in }
    ) async throws -> RotationReport {
        guard let rewriting = base as? any RewritingStore else {
            throw StoreError(
                .misuse, "This kind of store cannot write records anew; wait until they have expired.",
                effect: .notApplied)
        }
        let sealer = sealer
        var report = RotationReport()
        var place: WalkPlace?
        while true {
            let page = try await base.walk(from: place, limit: pageSize)
            if page.isFirst { report.beginAnew() }
            for entry in page.entries {
                try await report.count(entry, now: page.now, sealer: sealer, in: rewriting)
            }
            progress(report)
            guard let next = page.next else { return report }
            place = next
            try await Task.sleep(for: rest)
        }
    }
}

extension RotationReport {
    fileprivate mutating func count(
        _ entry: RecordPage.Entry, now: Timestamp, sealer: Sealer, in store: any RewritingStore
    ) async throws(StoreError) {
        let keyID = Sealer.keyID(of: entry.record)
        guard keyID != sealer.chain.active.id else {
            current += 1
            return
        }
        let content: RecordContent
        do throws(StoreError) {
            guard case .readable(let record) = try sealer.open(entry.record, of: entry.id) else {
                shredded += 1
                return need(keyID)
            }
            guard !entry.record.hasLiveLease(at: now) else {
                running += 1
                return need(keyID)
            }
            content = try sealer.seal(record, of: entry.id)
        } catch {
            unreadable += 1
            problem = problem ?? error.message
            return need(keyID)
        }
        guard try await store.rewrite(entry.id, seen: entry.record, as: content) else {
            changed += 1
            return need(keyID)
        }
        rewritten += 1
        if keyID == nil { encrypted += 1 }
    }

    private mutating func need(_ keyID: String?) {
        if let keyID { needed[keyID, default: 0] += 1 }
    }
}
