public import Idempotency

extension RedisStore: RewritingStore {
    /// Puts other content in the place of what a record holds, if it is still at the point where it was seen; one
    /// script on one key.
    public func rewrite(
        _ id: RecordID, seen: Record, as content: RecordContent
    ) async throws(StoreError) -> Bool {
        let command = RewriteCommand(id: id, seen: seen, content: content)
        let result = await withCheckedContinuation { continuation in
            let request = ServerRequest(.rewrite(command), deadline: context.deadline()) { result in
                continuation.resume(returning: command.answer(result))
            }
            set.submit(request, id: id)
        }
        return try result.get()
    }
}
