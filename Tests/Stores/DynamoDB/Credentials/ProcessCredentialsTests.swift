import DynamoDBTestParts
import Idempotency
import NIOCore
import StoreTestParts
import Testing

@testable import IdempotencyDynamoDB

/// Credentials that a program tells.
@Suite struct ProcessCredentialsTests {
    private static let configuration = """
        [profile tool]
        credential_process = printf '{"Version": 1, "AccessKeyId": "%s", "SecretAccessKey": "s", "SessionToken": "t", \
        "Expiration": "2999-01-01T01:00:00+01:00"}' "A B"
        [profile forever]
        credential_process = echo '{"Version": 1, "AccessKeyId": "A", "SecretAccessKey": "s"}'
        [profile fails]
        credential_process = echo top-secret >&2; exit 3
        [profile odd]
        credential_process = echo '{"Version": 2, "AccessKeyId": "A", "SecretAccessKey": "top-secret"}'
        [profile silent]
        credential_process = true
        [profile late]
        credential_process = echo '{"Version": 1, "AccessKeyId": "A", "SecretAccessKey": "s", "Expiration": "soon"}'
        """

    @Test("The program is run by a shell, and its answer is read with its end")
    func answer() async throws {
        let bench = try await ProfileBench(Self.configuration)
        #expect(
            try await bench.credentials("tool")
                == Credentials(
                    accessKey: "A B", secretKey: "s", sessionToken: "t",
                    expires: Timestamp(microseconds: 32_472_144_000_000_000)))
        #expect(try await bench.credentials("forever") == Credentials(accessKey: "A", secretKey: "s"))
        try await bench.server.stop()
    }

    @Test(
        "A program that fails, or tells something else, is named by its profile, and nothing of what it said is told",
        arguments: [
            ("fails", "failed with 3"), ("odd", "version 2. Allowed: 1"), ("silent", "no credentials"),
            ("late", "Expiration"),
        ])
    func refused(profile: String, message: String) async throws {
        let bench = try await ProfileBench(Self.configuration)
        let problem = await bench.problem(profile)
        #expect(problem?.description.contains("credential_process of the profile \(profile)") == true)
        #expect(problem?.description.contains(message) == true, "\(problem?.description ?? "")")
        #expect(problem?.description.contains("top-secret") == false)
        try await bench.server.stop()
    }

    @Test("A program that never ends is given up")
    func slow() async throws {
        let source = ProcessCredentials(command: "exec sleep 60", profile: "slow", patience: .milliseconds(100))
        let bench = try await CredentialBench(source)
        let problem = await #expect(throws: CredentialProblem.self) { _ = try await bench.credentials() }
        #expect(problem?.code == .unavailable && problem?.description.contains("takes too long") == true)
    }
}
