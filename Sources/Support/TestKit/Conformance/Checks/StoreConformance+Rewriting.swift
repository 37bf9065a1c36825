import Idempotency

extension StoreConformance {
    static let rewritings = [
        ConformanceCheck("A rewritten record holds other content, and all else of it stays", needs: .rewriting) {
            trial in
            for (number, kind) in Rewritten.allCases.enumerated() {
                let id = Sample.id(UInt64(number))
                let seen = try await kind.prepare(id, trial)
                let content = Rewritten.content(for: seen)
                let isWritten = try await trial.rewriting.rewrite(id, seen: seen, as: content)
                try trial.require(isWritten, "\(kind): the rewriting of an unchanged record was refused.")
                let expected = seen.holding(content)
                let found = try await trial.read(id)
                try trial.require(
                    found == expected,
                    "\(kind): expected \(expected.summary), found \(found?.summary ?? "nothing")")
            }
        },
        ConformanceCheck("A rewriting of what is no longer there changes nothing", needs: .rewriting) { trial in
            for (number, kind) in Rewritten.allCases.enumerated() {
                let id = Sample.id(UInt64(number))
                let record = try await kind.prepare(id, trial)
                var others: [Record] = []
                for other in Rewritten.allCases where other != kind {
                    var seen = record
                    seen.state = try await other.prepare(Sample.id(UInt64(number), UInt64(1 + others.count)), trial)
                        .state
                    others.append(seen)
                }
                var seen = record
                seen.owner = Sample.owner(99)
                others.append(seen)
                seen = record
                seen.renewals += 1
                others.append(seen)
                for seen in others {
                    let content = Rewritten.content(for: seen)
                    let isWritten = try await trial.rewriting.rewrite(id, seen: seen, as: content)
                    let found = try await trial.read(id)
                    try trial.require(
                        !isWritten && found == record,
                        "\(kind): rewritten as if it were \(seen.summary); found \(found?.summary ?? "nothing")")
                }
                let vacant = Sample.id(UInt64(number), 77)
                let isWritten = try await trial.rewriting.rewrite(
                    vacant, seen: record, as: Rewritten.content(for: record))
                let found = try await trial.read(vacant)
                try trial.require(!isWritten && found == nil, "A vacant key was rewritten.")
            }
        },
        ConformanceCheck("An attempt whose record is rewritten meanwhile completes as ever", needs: .rewriting) {
            trial in
            let id = Sample.id(1)
            let seen = try await Rewritten.running.prepare(id, trial)
            _ = try await trial.rewriting.rewrite(id, seen: seen, as: Rewritten.content(for: seen))
            let draft = Draft(seen, state: Sample.completed())
            let reply = try await trial.store.exchange(Exchange(id, expecting: .running(seen.owner), next: draft))
            guard case .stored(let record?, let now) = reply else {
                throw trial.failure("The attempt could not complete: \(reply.summary)")
            }
            try trial.require(
                record == draft.stamped(at: now, fence: seen.fence), "It completed as \(record.summary)")
        },
    ]
}

/// What can be rewritten.
private enum Rewritten: CaseIterable {
    case running, completed, inDoubt

    /// Puts such a record under a key.
    func prepare(_ id: RecordID, _ trial: Trial) async throws -> Record {
        let owner = Sample.owner(1)
        var record = try await store(Exchange(id, expecting: .vacant, next: Sample.claim(owner)), trial)
        record.checkpoint = [9, 8, 7]
        record = try await store(
            Exchange(id, expecting: .running(owner), next: Draft(record, state: .running(lease: Sample.lease))), trial)
        let state: Draft.State
        switch self {
        case .running: return record
        case .completed: state = Sample.completed()
        case .inDoubt: state = .inDoubt(.unrecorded)
        }
        return try await store(Exchange(id, expecting: .running(owner), next: Draft(record, state: state)), trial)
    }

    private func store(_ exchange: Exchange, _ trial: Trial) async throws -> Record {
        let reply = try await trial.store.exchange(exchange)
        guard case .stored(let record?, _) = reply else {
            throw trial.failure("The check expected to write: \(reply.summary)")
        }
        return record
    }

    /// Content that differs in every part.
    static func content(for record: Record) -> RecordContent {
        var content = RecordContent(of: record)
        content.fingerprint = Fingerprint(algorithm: 0xE1, digest: Digest(9, 9, 9, 9))
        if content.outcome != nil { content.outcome = Outcome(.tombstone, [UInt8](repeating: 0xFE, count: 5_000)) }
        content.checkpoint = [UInt8](repeating: 0x5C, count: 300)
        content.label = Label(key: "other \u{E9}\\", scope: "", operation: "~")
        return content
    }
}

extension Trial {
    fileprivate var rewriting: any RewritingStore {
        get throws {
            guard let store = store as? any RewritingStore else { throw failure("The store does not rewrite.") }
            return store
        }
    }

    fileprivate func read(_ id: RecordID) async throws -> Record? {
        let nobody = Exchange(id, expecting: .inDoubt(Owner(high: .max, low: .max)), next: nil)
        return try await store.exchange(nobody).record
    }
}
