import DynamoDBTestParts
import Idempotency
import NIOHTTP1
import StoreTestParts
import Testing

@testable import IdempotencyDynamoDB

/// Roles that a profile assumes, by way of the credentials of another one.
@Suite struct AssumedRoleTests {
    private static let configuration = """
        [profile shop]
        role_arn = arn:aws:iam::123456789012:role/shop
        source_profile = base
        role_session_name = shop gateway
        external_id = a+b
        duration_seconds = 900
        [profile till]
        role_arn = arn:aws:iam::123456789012:role/till
        source_profile = shop
        [profile mixed]
        role_arn = arn:aws:iam::123456789012:role/mixed
        source_profile = mixed
        aws_access_key_id = MIXED
        aws_secret_access_key = s
        [profile desk]
        role_arn = arn:aws:iam::123456789012:role/desk
        source_profile = mixed
        [profile environment]
        role_arn = arn:aws:iam::123456789012:role/env
        credential_source = Environment
        [profile instance]
        role_arn = arn:aws:iam::123456789012:role/ec2
        credential_source = Ec2InstanceMetadata
        [profile mfa]
        role_arn = arn:aws:iam::123456789012:role/mfa
        source_profile = base
        mfa_serial = arn:aws:iam::123456789012:mfa/me
        [profile both]
        role_arn = r
        source_profile = base
        credential_source = Environment
        [profile neither]
        role_arn = r
        [profile one]
        role_arn = r
        source_profile = two
        [profile two]
        role_arn = r
        source_profile = one
        [profile self]
        role_arn = r
        source_profile = self
        [profile lost]
        role_arn = r
        source_profile = nobody
        [profile strange]
        role_arn = r
        credential_source = environment
        [profile short]
        role_arn = r
        source_profile = base
        duration_seconds = 60
        """

    @Test("The role is asked for with all that the profile says, signed with the keys of the other one")
    func request() async throws {
        let bench = try await ProfileBench(Self.configuration)
        bench.server.answer("/", ProfileBench.issued(1))
        let found = try await bench.credentials("shop")
        #expect(
            found
                == Credentials(
                    accessKey: "ROLE1", secretKey: "role&secret", sessionToken: "role-token1",
                    expires: Timestamp(microseconds: 32_472_144_000_000_000)))
        let call = try #require(bench.server.calls.first)
        #expect(
            call.body == "Action=AssumeRole&Version=2011-06-15&RoleArn=arn%3Aaws%3Aiam%3A%3A123456789012%3Arole%2Fshop"
                + "&RoleSessionName=shop%20gateway&DurationSeconds=900&ExternalId=a%2Bb")
        let signature = call.headers.first(name: "Authorization") ?? ""
        #expect(signature.hasPrefix("AWS4-HMAC-SHA256 Credential=BASE/20231114/eu-west-1/sts/aws4_request,"))
        #expect(call.headers["X-Amz-Security-Token"] == ["base-token"])
        try await bench.server.stop()
    }

    @Test("A role may be assumed by way of another role, and a session without a name is called by the time")
    func chain() async throws {
        let bench = try await ProfileBench(Self.configuration)
        bench.server.script("", .answer(ProfileBench.issued(1)), .answer(ProfileBench.issued(2)))
        #expect(try await bench.credentials("till").accessKey == "ROLE2")
        let signers = bench.server.calls.compactMap { $0.headers.first(name: "Authorization") }
        #expect(signers.count == 2 && signers[0].contains("=BASE/") && signers[1].contains("=ROLE1/"))
        #expect(bench.server.calls.last?.body.contains("RoleSessionName=once-1700000000") == true)
        try await bench.server.stop()
    }

    @Test("Keys of a profile come before its role where another one leads there; it may begin with its own keys")
    func ownKeys() async throws {
        let bench = try await ProfileBench(Self.configuration)
        bench.server.answer("/", ProfileBench.issued(1))
        for profile in ["mixed", "desk"] { _ = try await bench.credentials(profile) }
        let calls = bench.server.calls
        #expect(calls.count == 2)
        #expect(calls.allSatisfy { $0.headers.first(name: "Authorization")?.contains("=MIXED/") == true })
        #expect(calls.last?.body.contains("role%2Fdesk") == true)
        try await bench.server.stop()
    }

    @Test("The credentials to begin with may be those of the environment or of the instance")
    func sources() async throws {
        let bench = try await ProfileBench(Self.configuration)
        bench.server.answer("/", ProfileBench.issued(1))
        let place = "/latest/meta-data/iam/security-credentials/"
        bench.server.answer("/latest/api/token", .init(200, "tok"))
        bench.server.answer(place, .init(200, "role-1"))
        bench.server.answer(
            place + "role-1", .init(200, "{\"AccessKeyId\":\"EC2\",\"SecretAccessKey\":\"s\",\"Token\":\"t\"}"))
        let keys = ["AWS_ACCESS_KEY_ID": "ENV", "AWS_SECRET_ACCESS_KEY": "s"]
        _ = try await bench.credentials("environment", keys)
        _ = try await bench.credentials(
            "instance", ["AWS_EC2_METADATA_SERVICE_ENDPOINT": "http://127.0.0.1:\(bench.server.port)"])
        let signers = bench.server.calls.compactMap { $0.headers.first(name: "Authorization") }
        #expect(signers.count == 2 && signers[0].contains("=ENV/") && signers[1].contains("=EC2/"))
        #expect(await bench.problem("environment")?.description.contains("there are none") == true)
        try await bench.server.stop()
    }

    @Test(
        "A profile that cannot work is refused before anybody is asked, with what is wrong and allowed",
        arguments: [
            ("mfa", "mfa_serial"), ("both", "and not both"), ("neither", "one of source_profile and credential_source"),
            ("one", "one, two, one lead in a circle"), ("self", "only one of aws_access_key_id"),
            ("lost", "no profile nobody"), ("strange", "Allowed: Environment, EcsContainer, Ec2InstanceMetadata"),
            ("short", "Allowed: 900 to 43200"),
        ])
    func refused(profile: String, message: String) async throws {
        let bench = try await ProfileBench(Self.configuration)
        let problem = await bench.problem(profile)
        #expect(problem?.description.contains(message) == true, "\(problem?.description ?? "")")
        #expect(problem?.code == .misuse && bench.server.calls.isEmpty)
        try await bench.server.stop()
    }

    static let refusals: [(ScriptedServer.Canned, StoreError.Code, String)] = [
        (
            ProfileBench.refusal("AccessDenied", "User: arn:aws:iam::1:user/x is not authorized"), .misuse,
            "refuses to assume the role arn:aws:iam::123456789012:role/shop (AccessDenied: User: arn:aws"
        ),
        (ProfileBench.refusal("Throttling", "slow down", status: 400), .unavailable, "Throttling"),
        (.init(503, "<html>"), .unavailable, "status 503"), (.init(200, "<html>"), .misuse, "no credentials"),
    ]

    @Test(
        "A refusal of the service says why and never a secret; what passes by itself is told apart", arguments: refusals
    )
    func serviceRefusal(answer: ScriptedServer.Canned, code: StoreError.Code, message: String) async throws {
        let bench = try await ProfileBench(Self.configuration)
        bench.server.answer("/", answer)
        let problem = await bench.problem("shop")
        #expect(problem?.code == code)
        #expect(problem?.description.contains(message) == true, "\(problem?.description ?? "")")
        #expect(problem?.description.contains(ProfileBench.secret) == false)
        #expect(problem?.description.contains("base-token") == false)
        try await bench.server.stop()
    }

    @Test("New credentials are got before the old ones end, and the profile files are read anew for them")
    func renewal() async throws {
        let bench = try await ProfileBench(Self.configuration)
        // The clock of the test begins at 22:13:20.
        bench.server.script(
            "", .answer(ProfileBench.issued(1, until: "2023-11-14T22:28:20Z")),
            .answer(ProfileBench.issued(2, until: "2023-11-14T22:50:00Z")))
        let keeper = try await bench.keeper("shop")
        #expect(try await keeper.credentials().accessKey == "ROLE1")
        try bench.write("[base]\naws_access_key_id = NEW\naws_secret_access_key = s", "credentials")
        bench.clock.advance(by: .seconds(841))
        #expect(try await keeper.credentials().accessKey == "ROLE2")
        let signers = bench.server.calls.compactMap { $0.headers.first(name: "Authorization") }
        #expect(signers.count == 2 && signers[1].contains("=NEW/"))
        try await bench.server.stop()
    }

    @Test("A wrong clock is corrected by the answer that refuses its signature, and asks once more")
    func skew() async throws {
        let bench = try await ProfileBench(Self.configuration)
        var refusal = ProfileBench.refusal("SignatureDoesNotMatch", "Signature expired: 20231114T221320Z is now")
        refusal.headers = [("Date", "Thu, 01 Jan 2032 00:00:30 GMT")]
        bench.server.script("", .answer(refusal), .answer(ProfileBench.issued(1)))
        #expect(try await bench.credentials("shop").accessKey == "ROLE1")
        let times = bench.server.calls.compactMap { $0.headers.first(name: "X-Amz-Date") }
        #expect(times.count == 2 && times[1].hasPrefix("20320101T0000"))
        bench.server.script("", .answer(refusal), .answer(refusal), .answer(ProfileBench.issued(1)))
        #expect(await bench.problem("shop")?.description.contains("Signature expired") == true)
        try await bench.server.stop()
    }

    @Test("Without an endpoint the service is that of the region")
    func endpoints() throws {
        func url(_ environment: [String: String], _ region: String?) throws -> String? {
            try TokenService(environment: environment, region: region).endpoint?.url
        }
        #expect(try url([:], "eu-west-1") == "https://sts.eu-west-1.amazonaws.com/")
        #expect(try url([:], "cn-north-1") == "https://sts.cn-north-1.amazonaws.com.cn/")
        #expect(try url(["AWS_ENDPOINT_URL": "http://a:1"], "eu-west-1") == "http://a:1/")
        let both = ["AWS_ENDPOINT_URL": "http://a:1", "AWS_ENDPOINT_URL_STS": "http://b:2"]
        #expect(try url(both, "eu-west-1") == "http://b:2/")
        #expect(try url([:], nil) == nil)
        let problem = #expect(throws: CredentialProblem.self) { try url(["AWS_ENDPOINT_URL_STS": "b"], nil) }
        #expect(problem?.description.contains("AWS_ENDPOINT_URL_STS is no endpoint") == true)
    }
}
