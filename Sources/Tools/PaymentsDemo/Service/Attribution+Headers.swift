import HTTPTypes
import Hummingbird
import Idempotency
import IdempotencyHTTP

extension Attribution {
    /// Reads what the gateway forwarded. Both spellings of a key, quoted and bare, are one key, as for the gateway.
    ///
    /// - Throws: `HTTPError` 400 for a header that is no key.
    init(_ fields: HTTPFields) throws(HTTPError) {
        do throws(KeyError) {
            var headers = Headers()
            for line in fields[values: .idempotencyKey] { headers.append(FieldName.idempotencyKey, line) }
            key = try KeySource.standard.key(in: RequestHead(method: "", target: "/", headers: headers))?.string
        } catch {
            throw HTTPError(.badRequest, message: "\(error)")
        }
        scope = fields[.idempotencyScope]
        fence = fields[.idempotencyAttempt].flatMap { Int64($0) }
    }
}

extension HTTPField.Name {
    /// The key that names the operation (draft-ietf-httpapi-idempotency-key-header-07, section 2.1).
    static let idempotencyKey = Self(FieldName.idempotencyKey)!
    /// The fence of the attempt, from the gateway.
    static let idempotencyAttempt = Self(FieldName.attempt)!
    /// The digest of the key's scope, from the gateway.
    static let idempotencyScope = Self(FieldName.scope)!
}
