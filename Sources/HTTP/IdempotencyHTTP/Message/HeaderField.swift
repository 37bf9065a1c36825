/// One header line.
public struct HeaderField: Hashable, Sendable {
    /// The field name as it was sent; names are compared without regard to case.
    public var name: String
    /// The field value, without the white space around it.
    public var value: String

    /// A header line.
    public init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
    }

    /// Whether this line has that name (RFC 9110 section 5.1: case does not matter).
    public func isNamed(_ other: String) -> Bool {
        FieldName.areEqual(name, other)
    }
}
