public import Idempotency
import NIOCore

extension DynamoDBStore: RewritingStore {
    /// Puts other content in the place of what a record holds, if it is still at the point where it was seen: the item
    /// is read and, if no write has changed it meanwhile, put back.
    ///
    /// Its mark stays, so that an attempt whose acknowledgement was lost still knows its own write, and whoever watches
    /// its lease sees no renewal.
    public func rewrite(
        _ id: RecordID, seen: Record, as content: RecordContent
    ) async throws(StoreError) -> Bool {
        try context.enter()
        defer { context.leave() }
        let read = await call("GetItem", try ReadRequest(TableName: context.table, id: id).json())
        let answer = try ServiceAnswers.read(ServiceAnswers.OneItem.self, try read.body())
        guard let item = answer.Item, let stored = try ServiceAnswers.record(item), let record = stored.record,
            record.isAtPoint(of: seen)
        else { return false }
        let rewritten = RecordCoding.item(item, of: record, holding: content)
        guard RecordCoding.size(rewritten) <= RecordCoding.sizeLimit else { throw ExchangeRun.tooLarge }
        var expression = Expression()
        let mark = "\(expression.name(.write)) = \(expression.value("mark", .text(stored.write)))"
        let body = ExchangeRequest.Body(
            TableName: context.table, Item: rewritten, ConditionExpression: mark,
            ExpressionAttributeNames: expression.names, ExpressionAttributeValues: expression.values)
        switch await call("PutItem", try body.json()) {
        case .answered: return true
        case .refused(let failure, _) where failure.kind == .conditionFailed: return false
        case .refused(let failure, _): throw failure.error()
        case .lost(let call): throw call.error()
        }
    }

    private func call(_ operation: String, _ body: [UInt8]) async -> CallOutcome {
        await withCheckedContinuation { continuation in
            context.client.call(operation, body, timeout: context.configuration.tryTimeout)
                .whenSuccess { continuation.resume(returning: $0) }
        }
    }
}
