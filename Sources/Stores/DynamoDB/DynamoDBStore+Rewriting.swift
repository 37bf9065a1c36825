public import Idempotency

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
        let timeout = context.configuration.tryTimeout
        let question = try ReadRequest(TableName: context.table, id: id).json()
        let read = await context.client.answer("GetItem", question, timeout: timeout)
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
        switch await context.client.answer("PutItem", try body.json(), timeout: timeout) {
        case .answered: return true
        case .refused(let failure, _) where failure.kind == .conditionFailed: return false
        case .refused(let failure, _): throw failure.error()
        case .lost(let call): throw call.error()
        }
    }
}
