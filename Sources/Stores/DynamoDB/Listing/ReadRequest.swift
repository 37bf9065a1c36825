import Idempotency

/// A consistent read of one item.
struct ReadRequest: Encodable {
    let TableName: String
    let Key: Item
    let ConsistentRead = true

    init(TableName: String, id: RecordID) {
        self.TableName = TableName
        Key = [RecordCoding.Name.id.rawValue: .text(id.description)]
    }
}
