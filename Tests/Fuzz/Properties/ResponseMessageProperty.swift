import IdempotencyHTTP

/// What a `message/http` said could be stored, and comes back from the store as it was.
enum ResponseMessageProperty {
    static func check(_ bytes: [UInt8]) throws(FuzzProperty.Violation) {
        guard let message = try? ResponseMessage(parsing: bytes) else { return }
        guard (200...999).contains(message.status) else { throw .init("no status: \(bytes)") }
        for field in message.headers {
            let isSafe = field.value.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 }
            guard FieldName.isToken(field.name), isSafe else { throw .init("a header could be injected: \(bytes)") }
        }
        let stored = ReplayPolicy().stored(status: message.status, headers: message.headers, body: message.body)
        guard let again = try? StoredResponse(decoding: stored.encoded()), again == stored else {
            throw .init("a message changes in the store: \(bytes)")
        }
    }
}
