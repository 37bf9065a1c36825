/// Several JSON pointers as one tree, so that a reader follows all of them in one pass.
struct PointerTree: Hashable, Sendable {
    /// What to do with the value that a pointer names.
    enum Mark: Hashable, Sendable {
        case leaveOut
        case capture
    }

    struct Node: Hashable, Sendable {
        var mark: Mark?
        var children: [Child] = []
    }

    struct Child: Hashable, Sendable {
        /// The member name in canonical form, with its quotes.
        var name: [UInt8]
        /// The same token as the index of an array element, if it can be one.
        var index: Int?
        var node: Int
    }

    static let root = 0
    private(set) var nodes = [Node()]

    init(_ pointers: [JSONPointer], mark: Mark) {
        for pointer in pointers { insert(pointer, mark: mark) }
    }

    var isEmpty: Bool { nodes.count == 1 && nodes[Self.root].mark == nil }

    func mark(of node: Int?) -> Mark? {
        guard let node else { return nil }
        return nodes[node].mark
    }

    func child(of node: Int?, named name: Slice<UnsafeBufferPointer<UInt8>>) -> Int? {
        guard let node else { return nil }
        return nodes[node].children.first { $0.name.elementsEqual(name) }?.node
    }

    func child(of node: Int?, at index: Int) -> Int? {
        guard let node else { return nil }
        return nodes[node].children.first { $0.index == index }?.node
    }

    private mutating func insert(_ pointer: JSONPointer, mark: Mark) {
        var node = Self.root
        for token in pointer.tokens {
            let name = JSONText.quoted(token)
            if let child = nodes[node].children.first(where: { $0.name == name }) {
                node = child.node
                continue
            }
            nodes.append(Node())
            nodes[node].children.append(Child(name: name, index: Self.index(token), node: nodes.count - 1))
            node = nodes.count - 1
        }
        nodes[node].mark = mark
    }

    /// RFC 6901 section 4: digits without a leading zero.
    private static func index(_ token: String) -> Int? {
        guard token == "0" || token.utf8.first != 0x30, token.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
            return nil
        }
        return Int(token)
    }
}
