import DynamoDBTestParts
import Foundation
import Idempotency
import StoreTestParts

@testable import IdempotencyDynamoDB

/// Profile files of a test's own, and a server that plays the services that give credentials.
struct ProfileBench {
    let directory: TestDirectory
    let server: ScriptedServer
    let clock = TestClock()

    /// Of the base credentials: nothing that is said may contain it.
    static let secret = "base-secret"

    /// Files with this configuration; `[base]` in the credentials file has keys.
    init(_ configuration: String, to port: Int? = nil) async throws {
        directory = try TestDirectory()
        server = try await ScriptedServer.start(to: port)
        try write(configuration, "config")
        try write(
            "[base]\naws_access_key_id = BASE\naws_secret_access_key = \(Self.secret)\naws_session_token = base-token",
            "credentials")
    }

    func write(_ text: String, _ name: String) throws {
        try text.write(toFile: directory.file(name), atomically: true, encoding: .utf8)
    }

    /// Where all is found, and what else there is.
    func environment(_ more: [String: String] = [:]) -> [String: String] {
        [
            "AWS_SHARED_CREDENTIALS_FILE": directory.file("credentials"), "AWS_CONFIG_FILE": directory.file("config"),
            "AWS_ENDPOINT_URL_STS": "http://127.0.0.1:\(server.port)", "HOME": directory.file("home"),
            "AWS_ENDPOINT_URL_SSO": "http://127.0.0.1:\(server.port)", "AWS_REGION": "eu-west-1",
        ].merging(more) { $1 }
    }

    /// A keeper of what a profile leads to.
    func keeper(_ profile: String?, _ more: [String: String] = [:]) async throws -> CredentialBench {
        try await CredentialBench(
            CredentialChain(environment: environment(more), profile: profile).source(), clock: clock)
    }

    /// What a profile leads to.
    func credentials(_ profile: String?, _ more: [String: String] = [:]) async throws -> Credentials {
        try await keeper(profile, more).credentials()
    }

    /// Why a profile leads to nothing.
    func problem(_ profile: String?, _ more: [String: String] = [:]) async -> CredentialProblem? {
        do {
            _ = try await credentials(profile, more)
            return nil
        } catch {
            return error as? CredentialProblem
        }
    }

    /// What STS answers: the credentials of a role, named after a number.
    static func issued(_ number: Int, until end: String = "2999-01-01T00:00:00Z") -> ScriptedServer.Canned {
        ScriptedServer.Canned(
            200,
            """
            <AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult>
            <Credentials><AccessKeyId>ROLE\(number)</AccessKeyId>
            <SecretAccessKey>role&amp;secret</SecretAccessKey><SessionToken>role-token\(number)</SessionToken>
            <Expiration>\(end)</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>
            """)
    }

    /// How STS refuses.
    static func refusal(_ code: String, _ message: String, status: Int = 403) -> ScriptedServer.Canned {
        ScriptedServer.Canned(
            status,
            """
            <ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type>
            <Code>\(code)</Code><Message>\(message)</Message></Error><RequestId>1</RequestId></ErrorResponse>
            """)
    }
}
