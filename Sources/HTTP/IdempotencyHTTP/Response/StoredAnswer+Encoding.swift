// Version 1, numbers as in LEB128 unless said otherwise:
//   response   1 byte version, 1 byte flags, 2 bytes status (big-endian), number of headers,
//              then for each header: length, name, length, value; then length and body
//   tombstone  1 byte version, 1 byte reason, 2 bytes status (big-endian)

enum StoredAnswerFormat {
    static let version: UInt8 = 1
    static let statuses = 200...999
}

extension StoredResponse {
    /// The bytes to store. Header lines that no HTTP message can have (a name that is no token, a line break in a
    /// value) are left out, so that what is stored can always be read.
    public func encoded() -> [UInt8] {
        let flaw = headers.firstFlaw { name, value in
            FieldName.isToken(name) && FieldName.isSafeValue(value) ? nil : true
        }
        let headers = flaw == nil ? headers : headers.filtered { FieldName.isToken($0) && FieldName.isSafeValue($1) }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(16 + body.count + headers.messageBytes + 2 * headers.count)
        bytes.append(StoredAnswerFormat.version)
        bytes.append(flags.rawValue)
        bytes.append(UInt8(truncatingIfNeeded: status >> 8))
        bytes.append(UInt8(truncatingIfNeeded: status))
        Self.append(headers.count, to: &bytes)
        headers.forEachLine { name, value in
            Self.append(name, to: &bytes)
            Self.append(value, to: &bytes)
        }
        Self.append(body, to: &bytes)
        return bytes
    }

    private static func append(_ field: some Collection<UInt8>, to bytes: inout [UInt8]) {
        append(field.count, to: &bytes)
        bytes.append(contentsOf: field)
    }

    private static func append(_ number: Int, to bytes: inout [UInt8]) {
        var rest = UInt(number)
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }
}

extension Tombstone {
    /// The bytes to store.
    public func encoded() -> [UInt8] {
        [
            StoredAnswerFormat.version, reason.rawValue, UInt8(truncatingIfNeeded: status >> 8),
            UInt8(truncatingIfNeeded: status),
        ]
    }
}
