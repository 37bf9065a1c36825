import DynamoDBTestParts
import Foundation
import Idempotency
import NIOHTTP1
import StoreTestParts
import Testing

@testable import IdempotencyDynamoDB

/// Credentials for somebody who has signed on with `aws sso login`.
@Suite struct SingleSignOnTests {
    private static let configuration = """
        [sso-session corp]
        sso_region = eu-central-1
        sso_start_url = https://corp.awsapps.com/start
        [profile shop]
        sso_session = corp
        sso_account_id = 123456789012
        sso_role_name = Shop Keeper
        [profile old]
        sso_region = eu-central-1
        sso_start_url = https://corp.awsapps.com/start
        sso_account_id = 123456789012
        sso_role_name = Old
        [profile till]
        role_arn = arn:aws:iam::123456789012:role/till
        source_profile = shop
        [profile half]
        sso_session = corp
        sso_account_id = 1
        [profile nowhere]
        sso_session = nobody
        sso_account_id = 1
        sso_role_name = r
        [profile other]
        sso_session = corp
        sso_region = us-east-1
        sso_account_id = 1
        sso_role_name = r
        """

    private static let answer = """
        {"roleCredentials":{"accessKeyId":"SSO","secretAccessKey":"s","sessionToken":"t","expiration":1700003600000}}
        """

    /// A bench with the login of a session.
    private func bench(until end: String, file: String = corpFile) async throws -> ProfileBench {
        let bench = try await ProfileBench(Self.configuration)
        let cache = bench.directory.file("home") + "/.aws/sso/cache"
        try FileManager.default.createDirectory(atPath: cache, withIntermediateDirectories: true)
        try "{\"accessToken\":\"top-secret\",\"expiresAt\":\"\(end)\",\"region\":\"eu-central-1\"}".write(
            toFile: "\(cache)/\(file).json", atomically: true, encoding: .utf8)
        return bench
    }

    // Files are named as by the AWS CLI: the SHA-1 of the session's name, or of the start URL where it has none.
    private static let corpFile = "ee0bfd2552fbd840c02cc48b6e823320543c450f"
    private static let startFile = "a51746d4aa793ae07b25e90c3a5db96fc7832bd7"

    @Test(
        "The token of the login is exchanged for the credentials of the role, by session and by start URL",
        arguments: [("shop", "Shop%20Keeper", "2023-11-14T23:00:00Z"), ("old", "Old", "2023-11-14T23:00:00UTC")])
    func credentials(profile: String, role: String, end: String) async throws {
        let bench = try await bench(until: end, file: profile == "shop" ? Self.corpFile : Self.startFile)
        let path = "/federation/credentials?role_name=\(role)&account_id=123456789012"
        bench.server.answer(path, .init(200, Self.answer))
        let found = try await bench.credentials(profile)
        #expect(
            found
                == Credentials(
                    accessKey: "SSO", secretKey: "s", sessionToken: "t",
                    expires: Timestamp(microseconds: 1_700_003_600_000_000)))
        let call = try #require(bench.server.calls.first)
        #expect(call.method == .GET && call.path == path)
        #expect(call.headers["x-amz-sso_bearer_token"] == ["top-secret"])
        #expect(call.headers["Authorization"].isEmpty)
        try await bench.server.stop()
    }

    @Test("A role may be assumed by way of it")
    func chain() async throws {
        let bench = try await bench(until: "2023-11-14T23:00:00Z")
        bench.server.answer(
            "/federation/credentials?role_name=Shop%20Keeper&account_id=123456789012", .init(200, Self.answer))
        bench.server.answer("/", ProfileBench.issued(1))
        #expect(try await bench.credentials("till").accessKey == "ROLE1")
        #expect(bench.server.calls.last?.headers.first(name: "Authorization")?.contains("=SSO/") == true)
        try await bench.server.stop()
    }

    @Test("A login that is over, missing or not accepted any more says how to sign on again, and no secret")
    func login() async throws {
        let over = try await bench(until: "2023-11-14T22:13:20Z")
        let problem = await over.problem("shop")
        #expect(problem?.description.contains("expired at 2023-11-14T22:13:20Z") == true)
        #expect(problem?.description.contains("aws sso login --profile shop") == true)
        #expect(over.server.calls.isEmpty)
        let fresh = try await bench(until: "2023-11-14T23:00:00Z")
        fresh.server.script("", .answer(.init(401, "{\"message\":\"Session token not found or invalid\"}")))
        let refused = await fresh.problem("shop")
        #expect(refused?.description.contains("aws sso login --profile shop") == true)
        #expect(refused?.description.contains("top-secret") == false)
        fresh.server.script("", .answer(.init(403, "{}")), .answer(.init(500, "{}")), .answer(.init(200, "{}")))
        #expect(await fresh.problem("shop")?.description.contains("does not give the role Shop Keeper") == true)
        #expect(await fresh.problem("shop")?.code == .unavailable)
        #expect(await fresh.problem("shop")?.description.contains("no credentials") == true)
        try FileManager.default.removeItem(atPath: fresh.directory.file("home"))
        #expect(await fresh.problem("shop")?.description.contains("aws sso login --profile shop") == true)
        try await over.server.stop()
        try await fresh.server.stop()
    }

    @Test(
        "A profile that lacks something, or contradicts its session, is refused with what is wrong",
        arguments: [
            ("half", "lacks sso_role_name"), ("nowhere", "[sso-session nobody]"), ("other", "sso_region is one thing"),
        ])
    func refused(profile: String, message: String) async throws {
        let bench = try await bench(until: "2023-11-14T23:00:00Z")
        let problem = await bench.problem(profile)
        #expect(problem?.description.contains(message) == true, "\(problem?.description ?? "")")
        #expect(bench.server.calls.isEmpty)
        try await bench.server.stop()
    }
}
