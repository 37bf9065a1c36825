import Foundation

/// Where the profile files are, and which profile counts.
struct ProfilePlace: Hashable, Sendable {
    let credentialsPath: String
    let configurationPath: String
    let profile: String
    /// Whether somebody named the profile, so that one that is missing is a mistake.
    let isNamed: Bool

    /// The place that the environment tells.
    init(environment: [String: String], profile named: String? = nil) {
        let home = environment["HOME"] ?? "/"
        credentialsPath = environment["AWS_SHARED_CREDENTIALS_FILE"] ?? home + "/.aws/credentials"
        configurationPath = environment["AWS_CONFIG_FILE"] ?? home + "/.aws/config"
        let said = named ?? environment["AWS_PROFILE"]
        profile = said ?? "default"
        isNamed = said != nil
    }

    /// All settings of the profile, those of the credentials file first; `nil` if it is in neither.
    var settings: [String: String]? {
        let files = [configurationPath, credentialsPath].map { path in
            (try? String(contentsOfFile: path, encoding: .utf8)).flatMap { ProfileFile($0)[profile] }
        }
        guard files.contains(where: { $0 != nil }) else { return nil }
        return files.compactMap(\.self).reduce(into: [:]) { $0.merge($1) { _, later in later } }
    }

    /// The credentials of the profile.
    func credentials() throws(CredentialProblem) -> Credentials {
        guard let settings else {
            throw CredentialProblem(
                description: "There is no profile \(profile) in \(credentialsPath) or \(configurationPath).")
        }
        guard let accessKey = settings["aws_access_key_id"], let secretKey = settings["aws_secret_access_key"] else {
            let others = ["sso_session", "sso_start_url", "role_arn", "credential_process"].filter {
                settings[$0] != nil
            }
            let reason =
                others.isEmpty
                ? "has no aws_access_key_id and aws_secret_access_key"
                : "gets its credentials through \(others.joined(separator: ", ")), which this program does not do; "
                    + "export them into the environment (aws configure export-credentials --format env)"
            throw CredentialProblem(description: "The profile \(profile) \(reason).")
        }
        return Credentials(
            accessKey: accessKey, secretKey: secretKey, sessionToken: settings["aws_session_token"])
    }

    /// Whether it has keys.
    var hasKeys: Bool { settings?["aws_access_key_id"] != nil }
}
