/// A set of header names that is asked without allocating: by length first, then without regard to case.
struct NameSet: Hashable, Sendable {
    /// The names in lower case, by their length in bytes.
    private var namesByLength: [[[UInt8]]] = []

    init(_ names: some Sequence<String>) {
        for name in names { insert(name) }
    }

    func contains(_ name: String) -> Bool {
        let length = name.utf8.count
        guard length < namesByLength.count, !namesByLength[length].isEmpty else { return false }
        let found = name.utf8.withContiguousStorageIfAvailable { bytes in
            namesByLength[length].contains { Self.areEqual($0, bytes) }
        }
        return found ?? namesByLength[length].contains { $0.elementsEqual(name.utf8.map(FieldName.lowercased)) }
    }

    private mutating func insert(_ name: String) {
        let name = name.utf8.map(FieldName.lowercased)
        while namesByLength.count <= name.count { namesByLength.append([]) }
        if !namesByLength[name.count].contains(name) { namesByLength[name.count].append(name) }
    }

    private static func areEqual(_ lowercased: [UInt8], _ name: UnsafeBufferPointer<UInt8>) -> Bool {
        for index in lowercased.indices where lowercased[index] != FieldName.lowercased(name[index]) { return false }
        return true
    }
}
