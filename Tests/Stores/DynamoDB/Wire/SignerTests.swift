import Idempotency
import Testing

@testable import IdempotencyDynamoDB

/// The test suite that AWS published for Signature Version 4: the cases without a query.
@Suite struct SignerTests {
    struct Vector: Sendable, CustomStringConvertible {
        let name: String
        let method: String
        var headers: [(String, String)] = []
        var body = ""
        let signed: String
        let signature: String

        var description: String { name }
    }

    static let vectors = [
        Vector(
            name: "get-vanilla", method: "GET", signed: "host;x-amz-date",
            signature: "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"),
        Vector(
            name: "post-vanilla", method: "POST", signed: "host;x-amz-date",
            signature: "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b"),
        Vector(
            name: "post-header-key-case", method: "POST", headers: [("My-Header1", "value1")],
            signed: "host;my-header1;x-amz-date",
            signature: "c5410059b04c1ee005303aed430f6e6645f61f4dc9e1461ec8f8916fdf18852c"),
        Vector(
            name: "post-header-value-case", method: "POST", headers: [("My-Header1", "VALUE1")],
            signed: "host;my-header1;x-amz-date",
            signature: "cdbc9802e29d2942e5e10b5bccfdd67c5f22c7c4e8ae67b53629efa58b974b7d"),
        Vector(
            name: "get-header-value-trim", method: "GET",
            headers: [("My-Header1", " value1"), ("My-Header2", " \"a   b   c\"")],
            signed: "host;my-header1;my-header2;x-amz-date",
            signature: "acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736"),
        Vector(
            name: "post-x-www-form-urlencoded", method: "POST",
            headers: [("Content-Type", "application/x-www-form-urlencoded")], body: "Param1=value1",
            signed: "content-type;host;x-amz-date",
            signature: "ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a"),
    ]

    /// 2015-08-30T12:36:00Z.
    private let time = Timestamp(microseconds: 1_440_938_160_000_000)

    @Test("A published vector gets its published signature", arguments: vectors)
    func published(vector: Vector) throws {
        let signer = Signer(
            credentials: Credentials(
                accessKey: "AKIDEXAMPLE", secretKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"),
            region: "us-east-1", service: "service")
        let given = [("Host", "example.amazonaws.com")] + vector.headers
        let headers = signer.headers(method: vector.method, given, body: Array(vector.body.utf8), at: time)
        let expected =
            "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, "
            + "SignedHeaders=\(vector.signed), Signature=\(vector.signature)"
        #expect(headers.first { $0.name == "Authorization" }?.value == expected)
        #expect(headers.contains { $0.name == "X-Amz-Date" && $0.value == "20150830T123600Z" })
    }

    @Test("A session token is sent and signed")
    func sessionToken() {
        let credentials = Credentials(accessKey: "a", secretKey: "b", sessionToken: "token")
        let signer = Signer(credentials: credentials, region: "r", service: "dynamodb")
        let headers = signer.headers([("Host", "h")], body: [], at: time)
        #expect(headers.contains { $0.name == "X-Amz-Security-Token" && $0.value == "token" })
        let authorization = headers.first { $0.name == "Authorization" }?.value ?? ""
        #expect(authorization.contains("SignedHeaders=host;x-amz-date;x-amz-security-token,"))
    }

    @Test("Of credentials only the name of the key is told")
    func description() {
        let credentials = Credentials(accessKey: "AKID", secretKey: "hidden", sessionToken: "hidden")
        #expect(!"\(credentials) \(String(reflecting: credentials))".contains("hidden"))
    }
}
