import Foundation
import Idempotency

/// Credentials in JSON, as endpoints of containers and instances and the programs of `credential_process` tell them.
struct IssuedCredentials: Decodable {
    let accessKey: String
    let secretKey: String
    let token: String?
    let sessionToken: String?
    let expiration: String?
    let version: Int?

    enum CodingKeys: String, CodingKey {
        case accessKey = "AccessKeyId"
        case secretKey = "SecretAccessKey"
        case token = "Token"
        case sessionToken = "SessionToken"
        case expiration = "Expiration"
        case version = "Version"
    }

    /// Reads them.
    ///
    /// - Parameters:
    ///   - who: Who has told them, as the subject of a sentence.
    ///   - version: The version that they must say to be, or `nil` for none.
    /// - Throws: `CredentialProblem`, also for an end that cannot be read: keys that end unnoticed are of no use.
    static func read(
        _ body: [UInt8], from who: String, version: Int? = nil
    ) throws(CredentialProblem) -> Credentials {
        guard let issued = try? JSONDecoder().decode(IssuedCredentials.self, from: Data(body)) else {
            throw CredentialProblem(description: "\(who) answered with something that is no credentials.")
        }
        if let version, issued.version != version {
            throw CredentialProblem(
                description: "\(who) answered in version \(issued.version.map(String.init) ?? "(none)"). Allowed: "
                    + "\(version).")
        }
        let end = issued.expiration.flatMap(CalendarTime.seconds(ofISO:))
        guard issued.expiration == nil || end != nil else {
            throw CredentialProblem(
                description: "\(who) answered with an Expiration that is no time. Allowed: as 2030-01-31T23:59:59Z.")
        }
        return Credentials(
            accessKey: issued.accessKey, secretKey: issued.secretKey, sessionToken: issued.token ?? issued.sessionToken,
            expires: end.map { Timestamp(microseconds: $0 * 1_000_000) })
    }
}
