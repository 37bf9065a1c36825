import Idempotency

/// An exchange as one conditional UpdateItem.
///
/// UpdateItem rather than PutItem, because the server then counts the fence of a claim: one more than what the item
/// has, or than the time in microseconds where there is no item. What the item had and the record has not is removed.
struct ExchangeRequest: Sendable {
    let table: String
    let exchange: Exchange
    /// The stamp.
    let now: Timestamp
    /// Which clock it is of.
    let clock: UInt64
    /// What tells this exchange from all others.
    let write: String
    /// How long a vacant key's fence is remembered.
    let memory: Duration

    /// A write as DynamoDB takes it.
    struct Body: Encodable {
        let TableName: String
        let Key: Item
        let UpdateExpression: String
        let ConditionExpression: String
        let ExpressionAttributeNames: [String: String]
        let ExpressionAttributeValues: Item
        let ReturnValues: String
        let ReturnValuesOnConditionCheckFailure = "ALL_OLD"
    }

    private typealias Name = RecordCoding.Name

    /// The attributes that are set, but for the fence of a claim.
    private var attributes: [RecordCoding.Name: AttributeValue] {
        var values = RecordCoding.attributes(exchange.next, at: now, memory: memory)
        values[.write] = .text(write)
        if exchange.next != nil { values[.clock] = .text(String(clock, radix: 16)) }
        if let fence = exchange.next?.fence { values[.fence] = .number(fence.number) }
        return values
    }

    /// The request.
    var body: Body {
        let attributes = attributes
        var expression = Expression()
        var settings = attributes.sorted { $0.key.rawValue < $1.key.rawValue }.map { name, value in
            "\(expression.name(name)) = \(expression.value(name.rawValue, value))"
        }
        if attributes[.fence] == nil {
            let fence = expression.name(.fence)
            let base = expression.value("base", .number(now.microseconds))
            // A key that is given back keeps its fence; one that is claimed gets the next.
            let next = exchange.next == nil ? "" : " + \(expression.value("one", .number(1)))"
            settings.append("\(fence) = if_not_exists(\(fence), \(base))\(next)")
        }
        let removed = Name.allCases.filter { $0 != .id && $0 != .fence && attributes[$0] == nil }
        let removals = removed.map { expression.name($0) }.joined(separator: ", ")
        let condition = condition(&expression)
        return Body(
            TableName: table, Key: [Name.id.rawValue: .text(exchange.id.description)],
            UpdateExpression: "SET \(settings.joined(separator: ", ")) REMOVE \(removals)",
            ConditionExpression: condition, ExpressionAttributeNames: expression.names,
            ExpressionAttributeValues: expression.values,
            ReturnValues: exchange.next != nil && attributes[.fence] == nil ? "UPDATED_NEW" : "NONE")
    }

    /// What the item counts at most when it is written.
    var size: Int {
        let values = attributes.map { ($0.key.rawValue, $0.value) }
        let item = Item(uniqueKeysWithValues: values)
        return RecordCoding.size(item) + 66 + 32
    }

    private func condition(_ expression: inout Expression) -> String {
        let state = expression.name(.state)
        func isState(_ name: String) -> String { "\(state) = \(expression.value("is_\(name.prefix(3))", .text(name)))" }
        func isOwner(_ owner: Owner) -> String {
            "\(expression.name(.owner)) = \(expression.value("holder", .text(owner.description)))"
        }
        switch exchange.expecting {
        case .vacant:
            let id = expression.name(.id)
            let expires = expression.name(.expires)
            let time = expression.value("now", .number(now.microseconds))
            return "attribute_not_exists(\(id)) OR \(isState(RecordCoding.StateName.vacant)) "
                + "OR (\(isState(RecordCoding.StateName.completed)) AND \(expires) <= \(time))"
        case .running(let owner):
            return "\(isState(RecordCoding.StateName.running)) AND \(isOwner(owner))"
        case .unrenewed(let owner, let renewals):
            let count = "\(expression.name(.renewals)) = \(expression.value("count", .number(renewals)))"
            return "\(isState(RecordCoding.StateName.running)) AND \(isOwner(owner)) AND \(count)"
        case .inDoubt(let owner):
            return "\(isState(RecordCoding.StateName.inDoubt)) AND \(isOwner(owner))"
        }
    }
}

/// The names and values that an expression refers to; every name is an alias, as many are words of the language.
struct Expression {
    private(set) var names: [String: String] = [:]
    private(set) var values: Item = [:]

    /// The alias of an attribute.
    mutating func name(_ name: RecordCoding.Name) -> String {
        names["#\(name.rawValue)"] = name.rawValue
        return "#\(name.rawValue)"
    }

    /// The alias of a value.
    mutating func value(_ name: String, _ value: AttributeValue) -> String {
        values[":\(name)"] = value
        return ":\(name)"
    }
}
