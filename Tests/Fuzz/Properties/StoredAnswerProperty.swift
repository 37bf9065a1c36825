import IdempotencyHTTP

/// What can be read was written so: encoding it again gives the same bytes.
enum StoredAnswerProperty {
    static func check(_ bytes: [UInt8]) throws(FuzzProperty.Violation) {
        if let response = try? StoredResponse(decoding: bytes) {
            guard response.encoded() == bytes else {
                throw .init("a stored response changes when it is written again: \(bytes)")
            }
        }
        if let tombstone = try? Tombstone(decoding: bytes) {
            guard tombstone.encoded() == bytes else {
                throw .init("a tombstone changes when it is written again: \(bytes)")
            }
        }
    }
}
