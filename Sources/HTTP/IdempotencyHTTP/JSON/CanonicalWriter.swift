/// Reads a JSON text once and writes its canonical form as it goes.
///
/// Every member and element is written with a comma behind it. When an object ends, its members lie one after another
/// in the output; they are put in order there, and the last comma becomes the closing brace.
struct CanonicalWriter {
    let input: UnsafeBufferPointer<UInt8>
    let tree: PointerTree
    let maximumDepth: Int
    var position = 0
    var output: [UInt8] = []
    /// The members of all objects that are open, the innermost last.
    var members: [Member] = []
    /// Where members are put in order; kept for the next object.
    var scratch: [UInt8] = []
    /// The value that the tree marks for capture.
    private(set) var captured: [UInt8]?

    /// Where in the output a member lies: name with quotes, colon, value, comma.
    struct Member {
        var start: Int
        var nameEnd: Int
        var end: Int
    }

    init(input: UnsafeRawBufferPointer, tree: PointerTree, maximumDepth: Int) {
        self.input = input.bindMemory(to: UInt8.self)
        self.tree = tree
        self.maximumDepth = maximumDepth
        output.reserveCapacity(input.count + 16)
    }

    var next: UInt8? { position < input.count ? input[position] : nil }

    /// Reads the whole input.
    mutating func document() throws(JSONRejection) {
        skipWhitespace()
        let root = tree.isEmpty ? nil : PointerTree.root
        try value(depth: 0, node: root)
        skipWhitespace()
        guard position == input.count else { throw .syntax(offset: position) }
        if tree.mark(of: root) == .leaveOut { output.removeAll() }
    }

    mutating func skipWhitespace() {
        while position < input.count {
            switch input[position] {
            case 0x20, 0x0A, 0x0D, 0x09: position += 1
            default: return
            }
        }
    }

    private mutating func value(depth: Int, node: Int?) throws(JSONRejection) {
        let start = output.count
        switch next {
        case 0x22: try string()
        case 0x7B: try object(depth: depth, node: node)
        case 0x5B: try array(depth: depth, node: node)
        case 0x74: try literal("true")
        case 0x66: try literal("false")
        case 0x6E: try literal("null")
        default: try number()
        }
        if tree.mark(of: node) == .capture { captured = Array(output[start...]) }
    }

    private mutating func literal(_ word: StaticString) throws(JSONRejection) {
        let length = word.utf8CodeUnitCount
        let bytes = UnsafeBufferPointer(start: word.utf8Start, count: length)
        guard input.count - position >= length, input[position..<position + length].elementsEqual(bytes) else {
            throw .syntax(offset: position)
        }
        output.append(contentsOf: bytes)
        position += length
    }

    private mutating func array(depth: Int, node: Int?) throws(JSONRejection) {
        guard depth < maximumDepth else { throw .tooDeep(offset: position) }
        output.append(0x5B)
        position += 1
        skipWhitespace()
        let contentStart = output.count
        var index = 0
        if next == 0x5D {
            position += 1
        } else {
            repeat {
                skipWhitespace()
                let start = output.count
                let child = tree.child(of: node, at: index)
                try value(depth: depth + 1, node: child)
                output.append(0x2C)
                if tree.mark(of: child) == .leaveOut { output.removeLast(output.count - start) }
                index += 1
            } while try continues(until: 0x5D)
        }
        close(with: 0x5D, contentStart: contentStart)
    }

    private mutating func object(depth: Int, node: Int?) throws(JSONRejection) {
        guard depth < maximumDepth else { throw .tooDeep(offset: position) }
        output.append(0x7B)
        position += 1
        skipWhitespace()
        let contentStart = output.count
        let firstMember = members.count
        if next == 0x7D {
            position += 1
        } else {
            repeat {
                skipWhitespace()
                try member(depth: depth, node: node)
            } while try continues(until: 0x7D)
        }
        guard orderMembers(from: firstMember) else { throw .duplicateMember(offset: position) }
        members.removeLast(members.count - firstMember)
        close(with: 0x7D, contentStart: contentStart)
    }

    private mutating func member(depth: Int, node: Int?) throws(JSONRejection) {
        guard next == 0x22 else { throw .syntax(offset: position) }
        let start = output.count
        try string()
        let nameEnd = output.count
        skipWhitespace()
        guard next == 0x3A else { throw .syntax(offset: position) }
        position += 1
        output.append(0x3A)
        skipWhitespace()
        let child =
            node == nil ? nil : output.withUnsafeBufferPointer { tree.child(of: node, named: $0[start..<nameEnd]) }
        try value(depth: depth + 1, node: child)
        guard tree.mark(of: child) != .leaveOut else {
            output.removeLast(output.count - start)
            return
        }
        output.append(0x2C)
        members.append(Member(start: start, nameEnd: nameEnd, end: output.count))
    }

    /// Reads a comma (true) or the closing bracket (false).
    private mutating func continues(until bracket: UInt8) throws(JSONRejection) -> Bool {
        skipWhitespace()
        guard let byte = next, byte == 0x2C || byte == bracket else { throw .syntax(offset: position) }
        position += 1
        return byte == 0x2C
    }

    private mutating func close(with bracket: UInt8, contentStart: Int) {
        if output.count > contentStart {
            output[output.count - 1] = bracket
        } else {
            output.append(bracket)
        }
    }
}
