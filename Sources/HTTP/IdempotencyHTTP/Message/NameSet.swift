/// A set of header names that is asked without allocating: by length first, then without regard to case.
struct NameSet: Hashable, Sendable {
    /// The names in lower case, by their length in bytes.
    private var namesByLength: [[[UInt8]]] = []
    /// For every length a bit for each first byte, by its last five bits: most names that are asked for are told apart
    /// by these.
    private var firstBytes: [UInt32] = []

    init(_ names: some Sequence<String>) {
        for name in names { insert(name) }
    }

    func contains(_ name: String) -> Bool {
        var name = name
        return name.withUTF8 { contains(UnsafeRawBufferPointer($0)) }
    }

    /// The same for bytes.
    func contains(_ name: UnsafeRawBufferPointer) -> Bool {
        let length = name.count
        guard length < firstBytes.count, let first = name.first, firstBytes[length] & Self.bit(of: first) != 0 else {
            return false
        }
        for index in namesByLength[length].indices where Self.areEqual(namesByLength[length][index], name) {
            return true
        }
        return false
    }

    private mutating func insert(_ name: String) {
        let name = name.utf8.map(FieldName.lowercased)
        guard let first = name.first else { return }
        while namesByLength.count <= name.count {
            namesByLength.append([])
            firstBytes.append(0)
        }
        firstBytes[name.count] |= Self.bit(of: first)
        if !namesByLength[name.count].contains(name) { namesByLength[name.count].append(name) }
    }

    /// The same for both cases of a letter.
    private static func bit(of byte: UInt8) -> UInt32 { 1 << UInt32(byte & 31) }

    private static func areEqual(_ lowercased: [UInt8], _ name: UnsafeRawBufferPointer) -> Bool {
        for index in lowercased.indices where lowercased[index] != FieldName.lowercased(name[index]) { return false }
        return true
    }
}
