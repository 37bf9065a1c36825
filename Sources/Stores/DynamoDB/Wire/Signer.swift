import Crypto
import Idempotency

/// Signs requests as AWS Signature Version 4 asks for: requests without a query, as DynamoDB's protocol has them.
///
/// What is signed is the canonical request: method, path, the headers given (names in small letters, in order, values
/// without the white space around and with single spaces inside), and the hash of the body.
struct Signer: Hashable, Sendable {
    let credentials: Credentials
    let region: String
    let service: String

    /// The headers to send: those given, with the date, the session token if there is one, and the signature.
    func headers(
        method: String = "POST", path: String = "/", _ given: [(name: String, value: String)], body: [UInt8],
        at now: Timestamp
    ) -> [(name: String, value: String)] {
        let time = CalendarTime(now).compact
        var headers = given + [("X-Amz-Date", time)]
        if let token = credentials.sessionToken { headers.append(("X-Amz-Security-Token", token)) }
        let canonical = Self.canonical(headers)
        let names = canonical.map(\.name).joined(separator: ";")
        let request =
            ([method, path, ""] + canonical.map { "\($0.name):\($0.value)" } + ["", names, Self.hash(body)])
            .joined(separator: "\n")
        let scope = "\(time.prefix(8))/\(region)/\(service)/aws4_request"
        let toSign = ["AWS4-HMAC-SHA256", time, scope, Self.hash(Array(request.utf8))].joined(separator: "\n")
        let signature = Self.hexadecimal(Self.code(Array(toSign.utf8), key: key(day: String(time.prefix(8)))))
        headers.append(
            (
                "Authorization",
                "AWS4-HMAC-SHA256 Credential=\(credentials.accessKey)/\(scope), SignedHeaders=\(names), "
                    + "Signature=\(signature)"
            ))
        return headers
    }

    /// The key of one day, derived step by step from the secret.
    private func key(day: String) -> [UInt8] {
        [day, region, service, "aws4_request"].reduce(Array("AWS4\(credentials.secretKey)".utf8)) { key, part in
            Self.code(Array(part.utf8), key: key)
        }
    }

    /// Names in small letters, in order; lines of the same name become one.
    private static func canonical(_ headers: [(name: String, value: String)]) -> [(name: String, value: String)] {
        var values: [String: [String]] = [:]
        for header in headers {
            let value = header.value.split(whereSeparator: \.isWhitespace).joined(separator: " ")
            values[header.name.lowercased(), default: []].append(value)
        }
        return values.sorted { $0.key < $1.key }.map { ($0.key, $0.value.joined(separator: ",")) }
    }

    private static func hash(_ bytes: [UInt8]) -> String { hexadecimal(Array(SHA256.hash(data: bytes))) }

    private static func code(_ bytes: [UInt8], key: [UInt8]) -> [UInt8] {
        Array(HMAC<SHA256>.authenticationCode(for: bytes, using: SymmetricKey(data: key)))
    }

    private static func hexadecimal(_ bytes: [UInt8]) -> String {
        Digest(bytes: bytes).map(\.description) ?? ""
    }
}
