/// The parameters of a statement in the binary format of the protocol, one behind the other.
struct Parameters {
    /// The types that are sent, by their numbers in every PostgreSQL.
    enum Element: UInt32 {
        case bool = 16
        case bytes = 17
        case int8 = 20
        case int2 = 21
        case int4 = 23
        case text = 25
        case uuid = 2950
    }

    /// All values.
    private(set) var bytes: [UInt8] = []
    /// Where each of them lies; `nil` is `NULL`.
    private(set) var ranges: [Range<Int>?] = []

    /// How many parameters there are.
    var count: Int { ranges.count }

    /// Adds `NULL`.
    mutating func null() {
        ranges.append(nil)
    }

    /// Adds a number of 64 bits.
    mutating func int8(_ value: Int64) {
        add { $0.number(UInt64(bitPattern: value)) }
    }

    /// Adds bytes.
    mutating func bytes(_ value: some Sequence<UInt8>) {
        add { $0.bytes.append(contentsOf: value) }
    }

    /// Adds text.
    mutating func text(_ value: String) {
        add { $0.bytes.append(contentsOf: value.utf8) }
    }

    /// Adds a value in text form; libpq looks for the zero byte behind it.
    mutating func textForm(_ value: String) {
        text(value)
        bytes.append(0)
    }

    /// Adds a truth value.
    mutating func bool(_ value: Bool) {
        add { $0.bytes.append(value ? 1 : 0) }
    }

    /// Adds an array of one element for each row.
    mutating func array<Row>(_ type: Element, _ rows: [Row], _ element: (Row, inout Elements) -> Void) {
        add { parameters in
            parameters.number(UInt32(1))
            parameters.number(UInt32(1))
            parameters.number(type.rawValue)
            parameters.number(UInt32(rows.count))
            parameters.number(UInt32(1))
            parameters.withElements { elements in
                for row in rows { element(row, &elements) }
            }
        }
    }

    /// Adds a column of rows: an array, or the value itself when there is a single row.
    mutating func column<Row>(_ type: Element, _ rows: [Row], _ element: (Row, inout Elements) -> Void) {
        guard rows.count == 1 else { return array(type, rows, element) }
        // An element is its length, -1 for NULL, and the value.
        let start = bytes.count + MemoryLayout<Int32>.size
        let isNull = withElements { elements in
            element(rows[0], &elements)
            return elements.endsWithNull
        }
        ranges.append(isNull ? nil : start..<bytes.count)
    }

    private mutating func withElements<Result>(_ body: (inout Elements) -> Result) -> Result {
        var elements = Elements(bytes: bytes)
        bytes = []
        defer { bytes = elements.bytes }
        return body(&elements)
    }

    private mutating func add(_ body: (inout Parameters) -> Void) {
        let start = bytes.count
        body(&self)
        ranges.append(start..<bytes.count)
    }

    private mutating func number(_ value: some FixedWidthInteger) {
        withUnsafeBytes(of: value.bigEndian) { bytes.append(contentsOf: $0) }
    }

    /// The elements of an array, each with its length in front.
    struct Elements {
        fileprivate var bytes: [UInt8]
        /// Whether the last one is `NULL`.
        fileprivate private(set) var endsWithNull = false

        mutating func null() {
            number(Int32(-1))
            endsWithNull = true
        }

        mutating func int2(_ value: Int16) {
            number(Int32(2))
            number(value)
        }

        mutating func int8(_ value: Int64) {
            number(Int32(8))
            number(value)
        }

        mutating func int8(_ value: Int64?) {
            if let value { int8(value) } else { null() }
        }

        mutating func bytes(_ value: [UInt8]) {
            number(Int32(value.count))
            bytes.append(contentsOf: value)
        }

        mutating func bytes(_ value: [UInt8]?) {
            if let value { bytes(value) } else { null() }
        }

        mutating func text(_ value: String) {
            number(Int32(value.utf8.count))
            bytes.append(contentsOf: value.utf8)
        }

        private mutating func number(_ value: some FixedWidthInteger) {
            withUnsafeBytes(of: value.bigEndian) { bytes.append(contentsOf: $0) }
        }
    }
}
