public import Idempotency

extension DynamoDBStore: SweepingStore {
    /// Does nothing where the table has its time to live switched on: DynamoDB then removes what has expired by itself,
    /// for nothing. Elsewhere it walks over the table, takes the outcome out of what has expired, and removes vacant
    /// keys whose fence need not be remembered any more.
    public func sweep(limit: Int) async throws(StoreError) -> Int {
        guard !report.expiresItems else { return 0 }
        let now = context.clock.read().now
        var swept = 0
        var last: String?
        repeat {
            let page = try await RecordScan(context: context, skipsVacant: false).next(after: last)
            for entry in page.entries where swept < limit {
                if let record = entry.item.record {
                    guard record.isExpired(at: now) else { continue }
                    swept += try await empty(entry.id) ? 1 : 0
                } else if entry.item.moment + context.configuration.fenceMemory < now {
                    try await remove(entry)
                }
            }
            last = page.last
        } while last != nil && swept < limit && !Task.isCancelled
        return swept
    }

    /// Makes an expired record a vacant key whose fence is remembered; whether it was still expired.
    private func empty(_ id: RecordID) async throws(StoreError) -> Bool {
        let reply = try await exchange(Exchange(id, expecting: .vacant, next: nil))
        if case .stored = reply { return true } else { return false }
    }

    /// Removes a vacant key, unless somebody has claimed it.
    private func remove(_ entry: RecordScan.Entry) async throws(StoreError) {
        struct Body: Encodable {
            let TableName: String
            let Key: Item
            let ConditionExpression: String
            let ExpressionAttributeNames: [String: String]
            let ExpressionAttributeValues: Item
        }
        var expression = Expression()
        let mark = expression.value("mark", .text(entry.item.write))
        let condition = "\(expression.name(.write)) = \(mark)"
        let body = Body(
            TableName: context.table, Key: [RecordCoding.Name.id.rawValue: .text(entry.id.description)],
            ConditionExpression: condition, ExpressionAttributeNames: expression.names,
            ExpressionAttributeValues: expression.values)
        let outcome = await context.client.answer(
            "DeleteItem", try body.json(), timeout: context.configuration.tryTimeout)
        if case .refused(let failure, _) = outcome, failure.kind == .conditionFailed { return }
        _ = try outcome.body()
    }
}
