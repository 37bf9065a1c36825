/// Fields with their length in front, one after another, so that two different lists never give the same bytes.
struct FieldBuffer {
    private(set) var bytes: [UInt8] = []

    init() {
        bytes.reserveCapacity(192)
    }

    /// Appends a number as eight bytes, the most significant first.
    mutating func append(length: Int) {
        withUnsafeBytes(of: UInt64(length).bigEndian) { bytes.append(contentsOf: $0) }
    }

    mutating func append(byte: UInt8) {
        bytes.append(byte)
    }

    mutating func append(_ field: some Collection<UInt8>) {
        append(length: field.count)
        bytes.append(contentsOf: field)
    }

    /// Appends how many there are, then each.
    mutating func append(list: [some StringProtocol]) {
        append(length: list.count)
        for element in list { append(element.utf8) }
    }
}
