import Synchronization

extension MemoryStore: RewritingStore {
    /// Puts other content in the place of what a record holds, if it is still at the point where it was seen.
    public func rewrite(
        _ id: RecordID, seen: Record, as content: RecordContent
    ) async throws(StoreError) -> Bool {
        contents.withLock { contents in
            guard let record = contents.registers[id]?.record, record.isAtPoint(of: seen) else { return false }
            contents.registers[id] = Register(record.holding(content))
            return true
        }
    }
}
