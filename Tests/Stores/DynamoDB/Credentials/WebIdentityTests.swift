import DynamoDBTestParts
import Idempotency
import NIOHTTP1
import StoreTestParts
import Testing

@testable import IdempotencyDynamoDB

/// Roles for a token that somebody else vouches for, as EKS gives it to pods.
@Suite struct WebIdentityTests {
    private func environment(_ bench: ProfileBench) -> [String: String] {
        [
            "AWS_WEB_IDENTITY_TOKEN_FILE": bench.directory.file("token"),
            "AWS_ROLE_ARN": "arn:aws:iam::123456789012:role/pod", "AWS_ROLE_SESSION_NAME": "pod-1",
        ]
    }

    @Test("The token is sent as it lies in its file at that time, and nothing is signed")
    func environment() async throws {
        let bench = try await ProfileBench("")
        bench.server.script(
            "", .answer(ProfileBench.issued(1, until: "2023-11-14T22:28:20Z")), .answer(ProfileBench.issued(2)))
        try bench.write("token-1\n", "token")
        let keeper = try await bench.keeper(nil, environment(bench))
        #expect(try await keeper.credentials().accessKey == "ROLE1")
        try bench.write("token-2", "token")
        bench.clock.advance(by: .seconds(900))
        #expect(try await keeper.credentials().accessKey == "ROLE2")
        let calls = bench.server.calls
        #expect(
            calls.map(\.body)
                == [1, 2].map { number in
                    "Action=AssumeRoleWithWebIdentity&Version=2011-06-15"
                        + "&RoleArn=arn%3Aaws%3Aiam%3A%3A123456789012%3Arole%2Fpod&RoleSessionName=pod-1"
                        + "&WebIdentityToken=token-\(number)"
                })
        #expect(calls.allSatisfy { $0.headers["Authorization"].isEmpty })
        try await bench.server.stop()
    }

    @Test("A profile may name the token too, and a role may be assumed by way of it")
    func profile() async throws {
        let bench = try await ProfileBench("")
        try bench.write("token-1", "token")
        try bench.write(
            """
            [profile pod]
            web_identity_token_file = \(bench.directory.file("token"))
            role_arn = arn:aws:iam::123456789012:role/pod
            [profile till]
            role_arn = arn:aws:iam::123456789012:role/till
            source_profile = pod
            [profile half]
            web_identity_token_file = /t
            """, "config")
        bench.server.script("", .answer(ProfileBench.issued(1)), .answer(ProfileBench.issued(2)))
        #expect(try await bench.credentials("till").accessKey == "ROLE2")
        #expect(bench.server.calls.first?.body.contains("WebIdentityToken=token-1") == true)
        #expect(bench.server.calls.last?.headers.first(name: "Authorization")?.contains("=ROLE1/") == true)
        #expect(await bench.problem("half")?.description.contains("needs role_arn") == true)
        try await bench.server.stop()
    }

    @Test("A token that is missing or refused is named by its file, never by itself")
    func refused() async throws {
        let bench = try await ProfileBench("")
        let missing = await bench.problem(nil, environment(bench))
        #expect(missing?.description.contains(bench.directory.file("token")) == true)
        try bench.write("top-secret", "token")
        bench.server.answer(
            "/", ProfileBench.refusal("ExpiredTokenException", "Token expired: current date", status: 400))
        let expired = await bench.problem(nil, environment(bench))
        #expect(expired?.code == .misuse)
        #expect(expired?.description.contains("with the token in \(bench.directory.file("token"))") == true)
        #expect(expired?.description.contains("ExpiredTokenException") == true)
        #expect(expired?.description.contains("top-secret") == false)
        bench.server.answer("/", ProfileBench.refusal("IDPCommunicationError", "try again", status: 400))
        #expect(await bench.problem(nil, environment(bench))?.code == .unavailable)
        try await bench.server.stop()
    }
}

/// The same against moto's STS, with a store behind.
@Suite(.enabled(if: MotoServer.isInstalled, Comment(rawValue: MotoServer.missing)))
struct RolesInMotoTests {
    @Test("A store is opened with the credentials of a role, and signs with them", arguments: ["role", "pod"])
    func store(profile: String) async throws {
        let moto = try MotoServer.shared()
        let bench = try await ProfileBench("", to: moto.port)
        try bench.write("token-1", "token")
        try bench.write(
            """
            [profile role]
            role_arn = arn:aws:iam::123456789012:role/shop
            source_profile = base
            duration_seconds = 1800
            [profile pod]
            web_identity_token_file = \(bench.directory.file("token"))
            role_arn = arn:aws:iam::123456789012:role/pod
            """, "config")
        var configuration = DynamoDBStore.Configuration.test(port: bench.server.port)
        configuration.credentials = nil
        configuration.profile = profile
        let store = try await DynamoDBStore.open(
            MotoServer.freshTable(), configuration: configuration, environment: bench.environment(),
            logger: silent)
        #expect(try await store.exchange(.claim(.test(1), .test(1))).isStored)
        let put = try #require(bench.server.calls.last)
        #expect(put.operation == "PutItem")
        #expect(put.headers.first(name: "Authorization")?.contains("Credential=ASIA") == true)
        #expect(put.headers["X-Amz-Security-Token"].count == 1)
        #expect(bench.server.calls.filter { $0.body.contains("Action=AssumeRole") }.count == 1)
        await store.close()
        try await bench.server.stop()
    }
}
