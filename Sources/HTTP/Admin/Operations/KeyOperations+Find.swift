import Idempotency

extension KeyOperations {
    /// How many records a look-up by the beginning of an id goes through at most.
    static let prefixSearchLimit = 100_000

    func find(id: RecordID) async throws(StoreError) -> [FoundRecord] {
        let (record, now) = try await store.record(id)
        return record.map { [FoundRecord(id: id, record: $0, now: now)] } ?? []
    }

    /// Goes through the records, oldest first: stores look up by whole ids only.
    func find(prefix: String) async throws(StoreError) -> [FoundRecord] {
        let prefix = prefix.lowercased()
        var query = RecordQuery(limit: 1000)
        var found: [FoundRecord] = []
        for _ in 0..<(Self.prefixSearchLimit / query.limit) {
            let page = try await store.records(query)
            found += page.entries.filter { $0.id.description.hasPrefix(prefix) }.map { FoundRecord($0, now: page.now) }
            guard found.count < 2, let next = page.next else { break }
            query.after = next
        }
        return found
    }

    /// By the very id when the scope is given and exact, else by the label.
    func find(key: String, scope: [String]) async throws(StoreError) -> [FoundRecord] {
        if !scope.isEmpty, let key = try? IdempotencyKey(key) {
            let exact = try await find(id: RecordID(scope: Scope(parts: scope), key: key))
            if !exact.isEmpty { return exact }
        }
        let page = try await store.records(RecordQuery(key: key, limit: 100))
        let name = Scope(parts: scope).name
        return page.entries.filter { scope.isEmpty || $0.record.label.scope == name }
            .map { FoundRecord($0, now: page.now) }
    }
}
