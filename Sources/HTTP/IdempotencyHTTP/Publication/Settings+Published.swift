extension KeySource {
    /// Where a client has to put the key.
    var published: JSONValue {
        switch self {
        case .header(let name): ["header": .string(name)]
        case .body(let pointer): ["body": .string(pointer.string)]
        case .query(let name): ["query": .string(name)]
        }
    }
}

extension ScopeSource {
    /// What tells callers apart.
    var published: String {
        switch self {
        case .header(let name): "header:\(name)"
        case .headers(let names): "headers:\(names.joined(separator: ","))"
        case .verified: "verified"
        case .shared: "shared"
        }
    }
}

extension StatusPolicy {
    /// Every status from 200 to 599 under what it means, as ranges: `{"store":["200-400", …]}`. A status that means
    /// something else with a header is not told apart.
    var published: JSONValue {
        var members = Disposition.allCases.map { disposition in
            (disposition.rawValue, JSONValue.array(ranges(of: disposition).map { .string($0) }))
        }
        let unavailable = disposition(of: 503, headers: ["Retry-After": "1"])
        members.append(("503WithRetryAfter", .string(unavailable.rawValue)))
        return .object(members)
    }

    private func ranges(of wanted: Disposition) -> [String] {
        var ranges: [ClosedRange<Int>] = []
        for status in 200...599 where disposition(of: status, headers: Headers()) == wanted {
            if let last = ranges.last, last.upperBound == status - 1 {
                ranges[ranges.count - 1] = last.lowerBound...status
            } else {
                ranges.append(status...status)
            }
        }
        return ranges.map { $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound)-\($0.upperBound)" }
    }
}

extension Duration {
    /// Whole milliseconds, rounded down; at most those of thirty thousand years.
    var wholeMilliseconds: Int {
        Int(min(components.seconds, 1 << 40)) * 1000 + Int(components.attoseconds / 1_000_000_000_000_000)
    }
}
