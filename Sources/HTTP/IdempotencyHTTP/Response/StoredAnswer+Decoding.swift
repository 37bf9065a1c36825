extension StoredResponse {
    /// Reads stored bytes; the body shares their memory.
    ///
    /// - Throws: `StoredAnswerError` for bytes that `encoded()` did not make.
    public init(decoding bytes: [UInt8]) throws(StoredAnswerError) {
        var reader = Reader(bytes: bytes)
        try reader.version()
        flags = Flags(rawValue: try reader.byte())
        guard flags.isSubset(of: .known) else { throw .damaged(offset: 1) }
        status = try reader.status()
        let count = try reader.number(atMost: reader.remaining / 2)
        var headers = Headers()
        headers.reserve(lines: count, bytes: min(reader.remaining, 4 << 10))
        for _ in 0..<count {
            let start = reader.position
            let (name, value) = (try reader.field(), try reader.text())
            let isProper = name.withUnsafeBytes { name in
                value.withUnsafeBytes { value in
                    guard FieldName.isToken(name), FieldName.isSafeValue(value) else { return false }
                    headers.append(name: name, value: value)
                    return true
                }
            }
            guard isProper else { throw .damaged(offset: start) }
        }
        self.headers = headers
        body = try reader.field()
        try reader.end()
    }
}

extension Tombstone {
    /// Reads stored bytes.
    ///
    /// - Throws: `StoredAnswerError` for bytes that `encoded()` did not make.
    public init(decoding bytes: [UInt8]) throws(StoredAnswerError) {
        var reader = Reader(bytes: bytes)
        try reader.version()
        guard let reason = Reason(rawValue: try reader.byte()) else { throw .damaged(offset: 1) }
        self.reason = reason
        status = try reader.status()
        try reader.end()
    }
}

/// A cursor over stored bytes that never runs past their end.
private struct Reader {
    let bytes: [UInt8]
    var position = 0

    init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    var remaining: Int { bytes.count - position }

    mutating func byte() throws(StoredAnswerError) -> UInt8 {
        guard remaining > 0 else { throw .damaged(offset: position) }
        defer { position += 1 }
        return bytes[position]
    }

    mutating func version() throws(StoredAnswerError) {
        let version = try byte()
        guard version == StoredAnswerFormat.version else { throw .unknownVersion(version) }
    }

    mutating func status() throws(StoredAnswerError) -> Int {
        let start = position
        let status = Int(try byte()) << 8 | Int(try byte())
        guard StoredAnswerFormat.statuses.contains(status) else { throw .damaged(offset: start) }
        return status
    }

    /// A LEB128 number of at most five bytes, and of no more than it takes.
    mutating func number(atMost limit: Int) throws(StoredAnswerError) -> Int {
        let start = position
        var number = 0
        for shift in stride(from: 0, to: 35, by: 7) {
            let byte = try byte()
            number |= Int(byte & 0x7F) << shift
            guard byte & 0x80 != 0 else {
                guard number <= limit, byte != 0 || shift == 0 else { throw .damaged(offset: start) }
                return number
            }
        }
        throw .damaged(offset: start)
    }

    mutating func field() throws(StoredAnswerError) -> ArraySlice<UInt8> {
        let length = try number(atMost: remaining)
        guard length <= remaining else { throw .damaged(offset: position) }
        defer { position += length }
        return bytes[position..<position + length]
    }

    /// Bytes that are UTF-8.
    mutating func text() throws(StoredAnswerError) -> ArraySlice<UInt8> {
        let start = position
        let text = try field()
        let isUTF8 = text.allSatisfy { $0 < 0x80 } || String(validating: text, as: UTF8.self) != nil
        guard isUTF8 else { throw .damaged(offset: start) }
        return text
    }

    func end() throws(StoredAnswerError) {
        guard remaining == 0 else { throw .damaged(offset: position) }
    }
}
