import Idempotency

/// An exchange as one conditional PutItem, whose refusal brings back what is there.
///
/// The fence of a claim is the time in microseconds, and the condition demands that it is higher than the one that is
/// there; where it is not, because a clock was ahead, the refusal tells that one and the claim is sent again with the
/// next. A key that is given back keeps a fence in the same way, for the claims that follow.
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
    /// A fence that the next one has to exceed, or `nil` if none is known.
    let lastFence: Fence?

    /// A write as DynamoDB takes it.
    struct Body: Encodable {
        let TableName: String
        let Item: Item
        let ConditionExpression: String
        let ExpressionAttributeNames: [String: String]
        let ExpressionAttributeValues: Item
        let ReturnValuesOnConditionCheckFailure = "ALL_OLD"
    }

    private typealias Name = RecordCoding.Name

    /// The fence that is written: the one that the draft keeps, or a new one.
    var fence: Fence {
        if let fence = exchange.next?.fence { return fence }
        let time = Fence(UInt64(clamping: now.microseconds))
        return max(time, lastFence?.next ?? time)
    }

    /// The item that is written.
    var item: Item {
        var values = RecordCoding.attributes(exchange.next, at: now, memory: memory)
        values[.id] = .text(exchange.id.description)
        values[.write] = .text(write)
        values[.fence] = .number(fence.number)
        if exchange.next != nil { values[.clock] = .text(String(clock, radix: 16)) }
        return Item(uniqueKeysWithValues: values.map { ($0.key.rawValue, $0.value) })
    }

    /// The request.
    var body: Body {
        var expression = Expression()
        let condition = condition(&expression)
        return Body(
            TableName: table, Item: item, ConditionExpression: condition, ExpressionAttributeNames: expression.names,
            ExpressionAttributeValues: expression.values)
    }

    private func condition(_ expression: inout Expression) -> String {
        let state = expression.name(.state)
        func isState(_ name: String) -> String { "\(state) = \(expression.value("is_\(name.prefix(3))", .text(name)))" }
        func isOwner(_ owner: Owner) -> String {
            "\(expression.name(.owner)) = \(expression.value("holder", .text(owner.description)))"
        }
        var parts: [String] = []
        switch exchange.expecting {
        case .vacant:
            let time = expression.value("now", .number(now.microseconds))
            parts.append(
                "\(isState(RecordCoding.StateName.vacant)) OR (\(isState(RecordCoding.StateName.completed)) AND "
                    + "\(expression.name(.expires)) <= \(time))")
        case .running(let owner):
            parts += [isState(RecordCoding.StateName.running), isOwner(owner)]
        case .unrenewed(let owner, let renewals):
            let count = "\(expression.name(.renewals)) = \(expression.value("count", .number(renewals)))"
            parts += [isState(RecordCoding.StateName.running), isOwner(owner), count]
        case .inDoubt(let owner):
            parts += [isState(RecordCoding.StateName.inDoubt), isOwner(owner)]
        }
        if exchange.next?.fence == nil {
            parts.append("\(expression.name(.fence)) < \(expression.value("fence", .number(fence.number)))")
        }
        // A parenthesis too many is an error.
        let there = parts.count == 1 ? parts[0] : parts.map { "(\($0))" }.joined(separator: " AND ")
        guard exchange.expecting == .vacant else { return there }
        let nothing = "attribute_not_exists(\(expression.name(.id)))"
        return parts.count == 1 ? "\(nothing) OR \(there)" : "\(nothing) OR (\(there))"
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
