import DynamoDBTestParts
import Foundation
import Idempotency
import NIOHTTP1
import StoreTestParts
import Testing

@testable import IdempotencyDynamoDB

/// Credentials are found where the tools of AWS look for them, in the same order.
@Suite struct CredentialChainTests {
    private let directory: TestDirectory

    init() throws {
        directory = try TestDirectory()
        try """
        [default]
        aws_access_key_id = FILE ; a comment
        aws_secret_access_key=file-secret
        [shop]
        aws_access_key_id=SHOP
        aws_secret_access_key=shop-secret
        aws_session_token=shop-token
        """.write(toFile: directory.file("credentials"), atomically: true, encoding: .utf8)
        try """
        [default]
        region = eu-west-1
        [profile shop]
        region = us-east-2
        s3 =
          region = nowhere
        [profile place]
        region = us-west-2
        [profile login]
        login_session = arn:aws:iam::1:user/x
        """.write(toFile: directory.file("config"), atomically: true, encoding: .utf8)
    }

    private func chain(_ more: [String: String] = [:], profile: String? = nil) -> CredentialChain {
        let places = [
            "AWS_SHARED_CREDENTIALS_FILE": directory.file("credentials"), "AWS_CONFIG_FILE": directory.file("config"),
        ]
        return CredentialChain(environment: places.merging(more) { $1 }, profile: profile)
    }

    /// What a keeper of the chain's source has at first.
    private func credentials(_ chain: CredentialChain) async throws -> Credentials {
        try await CredentialBench(try chain.source()).credentials()
    }

    @Test("The environment comes first, with its session token")
    func environment() async throws {
        let found = try await credentials(
            chain(["AWS_ACCESS_KEY_ID": "E", "AWS_SECRET_ACCESS_KEY": "s", "AWS_SESSION_TOKEN": "t"]))
        #expect(found == Credentials(accessKey: "E", secretKey: "s", sessionToken: "t"))
        #expect(throws: CredentialProblem.self) { try chain(["AWS_ACCESS_KEY_ID": "E"]).source() }
    }

    @Test("Then the profile files: the default profile, AWS_PROFILE, or one that is named before all else")
    func profiles() async throws {
        #expect(try await credentials(chain()) == Credentials(accessKey: "FILE", secretKey: "file-secret"))
        let shop = Credentials(accessKey: "SHOP", secretKey: "shop-secret", sessionToken: "shop-token")
        #expect(try await credentials(chain(["AWS_PROFILE": "shop"])) == shop)
        let keys = ["AWS_ACCESS_KEY_ID": "E", "AWS_SECRET_ACCESS_KEY": "s"]
        #expect(try await credentials(chain(keys, profile: "shop")) == shop)
        #expect(chain().region == "eu-west-1")
        #expect(chain(profile: "shop").region == "us-east-2")
        #expect(chain(["AWS_REGION": "sa-east-1"], profile: "shop").region == "sa-east-1")
    }

    @Test("What a chain tells of the profile is of one moment, whatever is written to the files meanwhile")
    func oneMoment() throws {
        let chain = chain(profile: "shop")
        try "[profile shop]\nregion = sa-east-1\nca_bundle = /late.pem".write(
            toFile: directory.file("config"), atomically: true, encoding: .utf8)
        #expect(chain.region == "us-east-2" && chain.certificateAuthorities == nil)
        #expect(self.chain(profile: "shop").certificateAuthorities == "/late.pem")
    }

    @Test(
        "A profile that is missing, or leads to nothing that is supported, is refused with what to do",
        arguments: [
            ("none", "no profile none"), ("place", "leads to no credentials. Allowed: aws_access_key_id"),
            ("login", "export-credentials"),
        ])
    func unusableProfiles(profile: String, message: String) async throws {
        let problem = await #expect(throws: CredentialProblem.self) {
            _ = try await credentials(chain(profile: profile))
        }
        #expect(problem?.description.contains(message) == true)
        #expect(problem?.code == .misuse)
    }

    @Test("A profile that the environment names and that says nothing of credentials leaves them to who comes next")
    func onlyRegion() throws {
        let source = try chain(["AWS_PROFILE": "place"]).source()
        #expect(source.name == "instance metadata")
        let missing = try chain(["AWS_PROFILE": "none"]).source()
        #expect(missing.name == "profile none")
    }

    private static let issued = """
        {"AccessKeyId":"ROLE","SecretAccessKey":"rs","Token":"rt","Expiration":"2999-01-01T00:00:00Z"}
        """

    private let nowhere = ["AWS_SHARED_CREDENTIALS_FILE": "/none", "AWS_CONFIG_FILE": "/none"]

    @Test("A web identity in the environment comes after keys there, and before the profile files")
    func webIdentity() throws {
        let identity = ["AWS_WEB_IDENTITY_TOKEN_FILE": "/t", "AWS_ROLE_ARN": "arn:aws:iam::1:role/r"]
        #expect(try chain(identity).source().name == "web identity")
        #expect(try chain(identity, profile: "shop").source().name == "profile shop")
        let keys = identity.merging(["AWS_ACCESS_KEY_ID": "E", "AWS_SECRET_ACCESS_KEY": "s"]) { $1 }
        #expect(try chain(keys).source().name == "environment")
        let lack = #expect(throws: CredentialProblem.self) {
            try chain(["AWS_WEB_IDENTITY_TOKEN_FILE": "/t"]).source()
        }
        #expect(lack?.description.contains("AWS_ROLE_ARN") == true)
    }

    @Test("A container's endpoint is asked with the token of the file, as it is at that time")
    func container() async throws {
        let server = try await ScriptedServer.start(to: nil)
        server.answer("/creds", .init(200, Self.issued))
        try "fresh\n".write(toFile: directory.file("token"), atomically: true, encoding: .utf8)
        let found = try await credentials(
            CredentialChain(
                environment: nowhere.merging([
                    "AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://127.0.0.1:\(server.port)/creds",
                    "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": directory.file("token"),
                ]) { $1 }))
        #expect(found.accessKey == "ROLE")
        #expect(found.sessionToken == "rt")
        #expect(found.expires == Timestamp(microseconds: 32_472_144_000_000_000))
        #expect(server.calls.map { $0.headers["Authorization"] } == [["fresh"]])
        try await server.stop()
    }

    @Test(
        "A container's endpoint on another machine without TLS is refused",
        arguments: ["http://example.com/c", "http://127.0.0.1.example.com/c", "http://10.0.0.1/c", "ftp://127.0.0.1/"])
    func foreignContainer(url: String) {
        #expect(throws: CredentialProblem.self) {
            try ContainerCredentials(environment: ["AWS_CONTAINER_CREDENTIALS_FULL_URI": url])
        }
    }

    @Test("The metadata service of an instance is asked for a token first, then for the role, then for its credentials")
    func instance() async throws {
        let server = try await ScriptedServer.start(to: nil)
        let place = "/latest/meta-data/iam/security-credentials/"
        server.answer("/latest/api/token", .init(200, "tok"))
        server.answer(place, .init(200, "role-1\n"))
        server.answer(place + "role-1", .init(200, Self.issued))
        let found = try await credentials(
            CredentialChain(
                environment: nowhere.merging([
                    "AWS_EC2_METADATA_SERVICE_ENDPOINT": "http://127.0.0.1:\(server.port)/"
                ]) { $1 }))
        #expect(found.accessKey == "ROLE")
        #expect(server.calls.map(\.method) == [.PUT, .GET, .GET])
        #expect(server.calls[0].headers["X-aws-ec2-metadata-token-ttl-seconds"] == ["21600"])
        #expect(server.calls.dropFirst().allSatisfy { $0.headers["X-aws-ec2-metadata-token"] == ["tok"] })
        try await server.stop()
    }

    @Test("Where there is nothing at all, the message names all places")
    func nothing() {
        let error = #expect(throws: CredentialProblem.self) {
            try CredentialChain(environment: nowhere.merging(["AWS_EC2_METADATA_DISABLED": "true"]) { $1 })
                .source()
        }
        #expect(error?.description.contains("AWS_ACCESS_KEY_ID") == true)
    }
}
