import Idempotency

/// Which primary serves which slots of a cluster; a value.
struct Topology: Hashable, Sendable, CustomStringConvertible {
    /// The primaries that serve any slot.
    private(set) var primaries: [ServerAddress] = []
    /// All nodes, replicas included: whom to ask next time.
    private(set) var nodes: [ServerAddress] = []
    /// For every slot the number of its primary, or −1.
    private var owners = [Int16](repeating: -1, count: Slot.count)

    /// Nothing is known.
    init() {}

    /// Reads the answer of `CLUSTER SLOTS`; `nil` if it is none.
    ///
    /// - Parameter asked: Who has answered: a node that does not know its own address leaves it out.
    init?(_ reply: RESPValue, asked: ServerAddress) {
        guard let ranges = reply.members else { return nil }
        for range in ranges {
            guard let parts = range.members, parts.count >= 3, let first = parts[0].number, let last = parts[1].number,
                (0..<Int64(Slot.count)).contains(first), (first..<Int64(Slot.count)).contains(last),
                let primary = Self.address(parts[2], asked: asked)
            else { return nil }
            let number = number(of: primary)
            for slot in first...last { owners[Int(slot)] = number }
            for node in parts[2...].compactMap({ Self.address($0, asked: asked) }) where !nodes.contains(node) {
                nodes.append(node)
            }
        }
    }

    /// The primary of a slot, or `nil` when nobody serves it.
    func primary(of slot: Int) -> ServerAddress? {
        owners[slot] < 0 ? nil : primaries[Int(owners[slot])]
    }

    /// The lowest slot that a primary serves, or `nil` when it serves none.
    func lowestSlot(of primary: ServerAddress) -> Int? {
        guard let number = primaries.firstIndex(of: primary) else { return nil }
        return owners.firstIndex(of: Int16(number))
    }

    /// Whether every slot is served.
    var isComplete: Bool { !owners.contains(-1) }

    /// Notes that a slot has moved.
    mutating func move(_ slot: Int, to primary: ServerAddress) {
        guard owners.indices.contains(slot) else { return }
        owners[slot] = number(of: primary)
        if !nodes.contains(primary) { nodes.append(primary) }
    }

    /// Every primary with the first slot of each range that it serves, in the order of the slots.
    var description: String {
        var parts: [String] = []
        for slot in owners.indices where slot == 0 || owners[slot] != owners[slot - 1] {
            parts.append("\(slot)=\(primary(of: slot).map { "\($0.host):\($0.port)" } ?? "nobody")")
        }
        return parts.joined(separator: ",")
    }

    private mutating func number(of primary: ServerAddress) -> Int16 {
        if let number = primaries.firstIndex(of: primary) { return Int16(number) }
        primaries.append(primary)
        return Int16(primaries.count - 1)
    }

    private static func address(_ value: RESPValue, asked: ServerAddress) -> ServerAddress? {
        guard let parts = value.members, parts.count >= 2, let port = parts[1].number, (1...65_535).contains(port)
        else {
            return nil
        }
        let host = parts[0].text ?? ""
        return ServerAddress(host: host.isEmpty || host == "?" ? asked.host : host, port: Int(port))
    }
}
