import Idempotency

@testable import IdempotencyDynamoDB

extension DynamoDBStore {
    /// The same table through the same connections, with another time-out. It is closed with the store it comes from.
    func hasty(_ timeout: Duration) -> DynamoDBStore {
        var configuration = context.configuration
        configuration.timeout = timeout
        let context = StoreContext(
            table: context.table, configuration, client: context.client, logger: context.logger)
        return DynamoDBStore(context: context, report: report)
    }
}
