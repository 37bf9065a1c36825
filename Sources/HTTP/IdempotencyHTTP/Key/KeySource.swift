public import Idempotency

/// Where a request carries its idempotency key.
public enum KeySource: Hashable, Sendable {
    /// A header of this name: a structured-field string or the bare form.
    case header(String)
    /// A string in the JSON body: `/ClientRequestToken`.
    case body(JSONPointer)
    /// A query item of this name; its value is percent-decoded, a plus sign stays a plus sign.
    case query(String)

    /// The `Idempotency-Key` header of draft-ietf-httpapi-idempotency-key-header-07.
    public static let standard = KeySource.header(FieldName.idempotencyKey)

    /// Whether the key can be told only once the body has been read.
    public var needsBody: Bool {
        if case .body = self { true } else { false }
    }

    /// The key that stands in the head of the request.
    ///
    /// - Returns: The key, or `nil` when the request has none or the key is in the body.
    /// - Throws: `KeyError` that says what was wrong; nothing has been looked up then.
    public func key(in head: RequestHead) throws(KeyError) -> IdempotencyKey? {
        switch self {
        case .header(let name): try Self.headerKey(name, in: head.headers)
        case .query(let name): try Self.queryKey(name, in: head.query)
        case .body: nil
        }
    }

    /// The key that stands in the body.
    ///
    /// - Returns: The key, or `nil` when the body has no such member or the key is not in the body.
    /// - Throws: `KeyError` when the body is not JSON, has a member twice, or the member is no valid key.
    public func key(inBody body: UnsafeRawBufferPointer) throws(KeyError) -> IdempotencyKey? {
        guard case .body(let pointer) = self else { return nil }
        let value: [UInt8]?
        do throws(JSONRejection) {
            value = try pointer.canonicalValue(in: body)
        } catch {
            throw .bodyNotJSON
        }
        guard let value else { return nil }
        return try IdempotencyKey.checking(Self.text(ofCanonicalString: value))
    }

    /// The key that stands in the body.
    ///
    /// - Returns: The key, or `nil` when the body has no such member or the key is not in the body.
    /// - Throws: `KeyError` when the body is not JSON, has a member twice, or the member is no valid key.
    public func key(inBody body: some Collection<UInt8>) throws(KeyError) -> IdempotencyKey? {
        guard needsBody else { return nil }
        let bytes = Array(body)
        let result = bytes.withUnsafeBytes { raw in
            Result { () throws(KeyError) in try key(inBody: raw) }
        }
        return try result.get()
    }

    private static func headerKey(_ name: String, in headers: Headers) throws(KeyError) -> IdempotencyKey? {
        guard let found = headers[name] else { return nil }
        let count = headers.count(of: name)
        guard count == 1 else { throw .repeated(count: count) }
        return try KeyGrammar.key(in: found)
    }

    private static func queryKey(_ name: String, in query: Substring?) throws(KeyError) -> IdempotencyKey? {
        guard let query else { return nil }
        var found: Substring?
        var count = 0
        for item in query.split(on: 0x26) {
            let (itemName, value) = item.cut(at: 0x3D)
            guard PercentEncoding.decode(itemName)?.elementsEqual(name.utf8) == true else { continue }
            found = value ?? ""
            count += 1
        }
        guard let found else { return nil }
        guard count == 1 else { throw .repeated(count: count) }
        guard let bytes = PercentEncoding.decode(found) else { throw .badPercentEncoding }
        return try IdempotencyKey.checking(String(decoding: bytes, as: UTF8.self))
    }

    private static func text(ofCanonicalString value: [UInt8]) throws(KeyError) -> String {
        guard value.first == 0x22 else { throw .notAString }
        var text: [UInt8] = []
        var index = 1
        while index < value.count - 1 {
            let isEscape = value[index] == 0x5C
            let (byte, length) = isEscape ? JSONText.unescape(value, at: index) : (value[index], 1)
            text.append(byte)
            index += length
        }
        return String(decoding: text, as: UTF8.self)
    }
}
