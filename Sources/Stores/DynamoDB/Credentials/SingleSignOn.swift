import Crypto
import Foundation
import Idempotency
import NIOCore
import NIOHTTP1

/// The credentials of a role for somebody who has signed on with `aws sso login` (IAM Identity Center).
///
/// The token of that login is used as it lies in its file; it is not renewed here.
struct SingleSignOn: CredentialSource {
    let profile: String
    let account: String
    let role: String
    let tokenFile: String
    let endpoint: String

    var name: String { "single sign-on of the profile \(profile)" }

    private static let who = "The portal of single sign-on"

    /// What a profile says, with the session that it names.
    init(
        _ settings: [String: String], profile: String, files: ProfileFiles, environment: [String: String]
    ) throws(CredentialProblem) {
        let settings = try Self.whole(settings, profile, files)
        let needed = ["sso_account_id", "sso_role_name", "sso_region", "sso_start_url"]
        let missing = needed.filter { settings[$0] == nil }
        guard missing.isEmpty, let account = settings["sso_account_id"], let role = settings["sso_role_name"],
            let region = settings["sso_region"], let start = settings["sso_start_url"]
        else {
            throw CredentialProblem(
                description: "The profile \(profile) uses single sign-on and lacks \(missing.joined(separator: ", ")).")
        }
        self.profile = profile
        self.account = account
        self.role = role
        let login = settings["sso_session"] ?? start
        let digits = Insecure.SHA1.hash(data: Array(login.utf8)).map { byte in
            String(byte >> 4, radix: 16) + String(byte & 15, radix: 16)
        }
        tokenFile = "\(files.place.tokensPath)/\(digits.joined()).json"
        let named = environment["AWS_ENDPOINT_URL_SSO"].flatMap { $0.isEmpty ? nil : $0 }
        let found = named.map { Endpoint($0) } ?? Endpoint(region: region, service: "portal.sso")
        guard let found else {
            throw CredentialProblem(
                description: "AWS_ENDPOINT_URL_SSO is no endpoint. Allowed: https://HOST or http://HOST:PORT.")
        }
        endpoint = found.url
    }

    /// The settings of the profile and of its session, which may not contradict each other.
    private static func whole(
        _ settings: [String: String], _ profile: String, _ files: ProfileFiles
    ) throws(CredentialProblem) -> [String: String] {
        guard let name = settings["sso_session"] else { return settings }
        guard let session = files.session(name) else {
            throw CredentialProblem(
                description: "The profile \(profile) names the sso_session \(name), and there is no section "
                    + "[sso-session \(name)] in \(files.place.configurationPath).")
        }
        for (setting, value) in session where settings[setting].map({ $0 != value }) == true {
            throw CredentialProblem(
                description: "\(setting) is one thing in the profile \(profile) and another in [sso-session \(name)].")
        }
        return settings.merging(session) { own, _ in own }
    }

    func load(_ call: CredentialCall) -> EventLoopFuture<Credentials> {
        let token: String
        do throws(CredentialProblem) {
            token = try Self.token(in: tokenFile, at: call.clock.read().now, ifNot: login)
        } catch {
            return call.failure(error)
        }
        let query = "role_name=\(FormBody.encoded(role))&account_id=\(FormBody.encoded(account))"
        let login = login
        let (account, role) = (account, role)
        return CredentialRequest(
            url: "\(endpoint)federation/credentials?\(query)",
            headers: HTTPHeaders([("x-amz-sso_bearer_token", token)]), who: Self.who
        ).answer(call, patience: .seconds(5)).flatMapThrowing { answer in
            switch answer.status {
            case 200: return try Self.read(Array(answer.body.readableBytesView))
            case 401: throw login("does not accept the token of the last login any more")
            case 403, 404:
                throw CredentialProblem(
                    description: "\(Self.who) does not give the role \(role) of the account \(account) to whoever has "
                        + "signed on (status \(answer.status)).")
            case let status: throw CredentialProblem(description: "\(Self.who) answered \(status).", code: .unavailable)
            }
        }
    }

    /// What to do when there is no login that holds.
    private var login: @Sendable (String) -> CredentialProblem {
        let profile = profile
        return { reason in
            CredentialProblem(
                description: "\(Self.who) \(reason). Sign on again: aws sso login --profile \(profile)")
        }
    }

    private struct Login: Decodable {
        let accessToken: String
        let expiresAt: String
    }

    private static func token(
        in file: String, at now: Timestamp, ifNot login: (String) -> CredentialProblem
    ) throws(CredentialProblem) -> String {
        guard let bytes = try? Data(contentsOf: URL(fileURLWithPath: file)) else {
            throw login("has no login: \(file) cannot be read")
        }
        guard let content = try? JSONDecoder().decode(Login.self, from: bytes),
            let end = CalendarTime.seconds(ofISO: content.expiresAt)
        else { throw login("has no login: \(file) holds none") }
        guard end * 1_000_000 > now.microseconds else {
            throw login("has a login that expired at \(content.expiresAt)")
        }
        return content.accessToken
    }

    private struct Answer: Decodable {
        struct Issued: Decodable {
            let accessKeyId: String
            let secretAccessKey: String
            let sessionToken: String
            /// Milliseconds since the epoch.
            let expiration: Int64
        }

        let roleCredentials: Issued
    }

    private static func read(_ body: [UInt8]) throws(CredentialProblem) -> Credentials {
        guard let issued = try? JSONDecoder().decode(Answer.self, from: Data(body)).roleCredentials else {
            throw CredentialProblem(description: "\(who) answered with something that is no credentials.")
        }
        return Credentials(
            accessKey: issued.accessKeyId, secretKey: issued.secretAccessKey, sessionToken: issued.sessionToken,
            expires: Timestamp(microseconds: issued.expiration.multipliedReportingOverflow(by: 1000).partialValue))
    }
}
