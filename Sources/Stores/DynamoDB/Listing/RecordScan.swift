import Idempotency
import NIOCore

/// A walk over all items of the table, page by page, while others go on changing them.
///
/// What is there from the beginning to the end is seen; what comes or goes meanwhile may be. Every item that is walked
/// over is paid for, whatever is asked.
struct RecordScan: Sendable {
    /// A record, without its checkpoint and outcome if those were not asked for.
    struct Entry: Sendable {
        let id: RecordID
        let item: RecordCoding.StoredItem
    }

    /// A page as DynamoDB is asked for it.
    private struct Body: Encodable {
        let TableName: String
        let ConsistentRead: Bool
        let Limit: Int?
        let ExclusiveStartKey: Item?
        let FilterExpression: String?
        let ProjectionExpression: String
        let ExpressionAttributeNames: [String: String]
        let ExpressionAttributeValues: Item?
    }

    let context: StoreContext
    /// Whether what was written last is seen for certain, at twice the price.
    var isConsistent = true
    /// Whether vacant keys whose fence is remembered are left out.
    var skipsVacant = true
    /// Whether records come with their checkpoint and outcome.
    var isWhole = false

    /// The next page, of `limit` items or of 1 MB, and where to go on; `nil` at the end.
    func next(after id: String?, limit: Int? = nil) async throws(StoreError) -> (entries: [Entry], last: String?) {
        var expression = Expression()
        let shown = RecordCoding.Name.allCases.filter { isWhole || ($0 != .checkpoint && $0 != .outcome) }
        let projection = shown.map { expression.name($0) }.joined(separator: ", ")
        var filter: String?
        if skipsVacant {
            let vacant = expression.value("vacant", .text(RecordCoding.StateName.vacant))
            filter = "\(expression.name(.state)) <> \(vacant)"
        }
        let body = Body(
            TableName: context.table, ConsistentRead: isConsistent, Limit: limit,
            ExclusiveStartKey: id.map { [RecordCoding.Name.id.rawValue: .text($0)] }, FilterExpression: filter,
            ProjectionExpression: projection, ExpressionAttributeNames: expression.names,
            ExpressionAttributeValues: expression.values.isEmpty ? nil : expression.values)
        let answer = try await context.patientCall("Scan", try body.json())
        let page = try ServiceAnswers.read(ServiceAnswers.Page.self, answer)
        var entries: [Entry] = []
        for item in page.Items ?? [] {
            let digits = item[RecordCoding.Name.id.rawValue]?.text ?? ""
            guard let digest = Digest(hexadecimal: digits), let stored = try ServiceAnswers.record(item) else {
                // What is not ours may lie in the table too, under keys of another form.
                continue
            }
            entries.append(Entry(id: RecordID(digest), item: stored))
        }
        return (entries, page.LastEvaluatedKey?[RecordCoding.Name.id.rawValue]?.text)
    }

    /// All records.
    func forEach(_ body: (Entry) -> Void) async throws(StoreError) {
        var last: String?
        repeat {
            let page = try await next(after: last)
            for entry in page.entries { body(entry) }
            last = page.last
            if Task.isCancelled {
                throw StoreError(.unavailable, "The caller gave up the listing.", effect: .notApplied)
            }
        } while last != nil
    }
}

extension StoreContext {
    /// Calls an operation that changes nothing, again while it is throttled or lost, up to the time-out.
    func patientCall(_ operation: String, _ body: [UInt8]) async throws(StoreError) -> [UInt8] {
        let deadline = clock.uptime + configuration.timeout
        var failures = 0
        while true {
            if isClosed { throw StoreError(.shutDown, "The store is closed.", effect: .notApplied) }
            let left = deadline - clock.uptime
            // A page takes longer than an item.
            let outcome = await client.answer(operation, body, timeout: max(left, configuration.tryTimeout))
            failures += 1
            let delay = FullJitter().delay(after: failures, share: .random(in: 0...1))
            switch outcome {
            case .refused(let failure, _) where failure.isWorthRepeating && clock.uptime + delay < deadline:
                if failure.kind == .expired { client.keeper.drop() }
            case .lost(let call) where call.code == .unavailable && clock.uptime + delay < deadline: break
            default: return try outcome.body()
            }
            try? await Task.sleep(for: delay)
        }
    }
}

extension ServiceClient {
    /// Calls an operation and waits.
    func answer(_ operation: String, _ body: [UInt8], timeout: Duration) async -> CallOutcome {
        await withCheckedContinuation { continuation in
            call(operation, body, timeout: timeout).whenComplete { result in
                switch result {
                case .success(let outcome): continuation.resume(returning: outcome)
                case .failure(let error):
                    // Cannot happen, as calls tell their failures as outcomes.
                    continuation.resume(returning: .lost(LostCall(reason: "\(error)", wasSent: true)))
                }
            }
        }
    }
}
