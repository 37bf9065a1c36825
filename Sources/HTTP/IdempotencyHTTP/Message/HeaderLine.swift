/// Where a header line stands among the bytes of its message: `Name: value`, CRLF.
struct HeaderLine: Sendable {
    /// Where the name begins.
    let start: UInt32
    let nameCount: UInt32
    let valueCount: UInt32
    /// Tells most names apart at once; see `FieldName.code(of:)`.
    let code: UInt32

    init(at start: Int, name: UnsafeRawBufferPointer, valueCount: Int) {
        self.start = UInt32(start)
        self.nameCount = UInt32(name.count)
        self.valueCount = UInt32(valueCount)
        code = FieldName.code(of: name)
    }

    private init(at start: UInt32, like line: HeaderLine) {
        self.start = start
        nameCount = line.nameCount
        valueCount = line.valueCount
        code = line.code
    }

    var name: Range<Int> { Int(start)..<Int(start + nameCount) }
    var value: Range<Int> { Int(start + nameCount) + 2..<Int(start + nameCount + valueCount) + 2 }
    /// The whole line with its CRLF.
    var whole: Range<Int> { Int(start)..<Int(start + nameCount + valueCount) + 4 }

    /// The same line at another place.
    func moved(to start: Int) -> HeaderLine { HeaderLine(at: UInt32(start), like: self) }
}
