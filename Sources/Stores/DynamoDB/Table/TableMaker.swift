import Idempotency

/// Makes a table and switches its time to live on.
struct TableMaker: Sendable {
    let context: StoreContext

    private struct Creation: Encodable {
        struct Attribute: Encodable {
            var AttributeName = "id"
            var AttributeType = "S"
        }

        struct Key: Encodable {
            var AttributeName = "id"
            var KeyType = "HASH"
        }

        let TableName: String
        var AttributeDefinitions = [Attribute()]
        var KeySchema = [Key()]
        var BillingMode = "PAY_PER_REQUEST"
    }

    private struct Expiry: Encodable {
        struct Specification: Encodable {
            var Enabled = true
            var AttributeName = "ttl"
        }

        let TableName: String
        var TimeToLiveSpecification = Specification()
    }

    /// Makes the table; another process that makes it at the same time does no harm.
    func create() async throws(StoreError) {
        let outcome = await context.client.answer(
            "CreateTable", try Creation(TableName: context.table).json(), timeout: context.configuration.timeout)
        if case .refused(let failure, _) = outcome, failure.kind == .tableBusy { return }
        _ = try outcome.body()
    }

    /// Switches the time to live on, unless somebody else just does.
    func switchExpiryOn() async throws(StoreError) {
        let outcome = await context.client.answer(
            "UpdateTimeToLive", try Expiry(TableName: context.table).json(), timeout: context.configuration.timeout)
        if case .refused(let failure, _) = outcome, failure.kind == .other || failure.kind == .tableBusy { return }
        _ = try outcome.body()
    }
}
