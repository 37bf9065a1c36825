import Foundation

/// Where the profile files are, and which profile counts.
struct ProfilePlace: Hashable, Sendable {
    let credentialsPath: String
    let configurationPath: String
    /// Where `aws sso login` leaves its tokens.
    let tokensPath: String
    let profile: String
    /// Whether somebody named the profile, so that one that is missing is a mistake.
    let isNamed: Bool

    /// The place that the environment tells.
    init(environment: [String: String], profile named: String? = nil) {
        let home = environment["HOME"] ?? "/"
        credentialsPath = environment["AWS_SHARED_CREDENTIALS_FILE"] ?? home + "/.aws/credentials"
        configurationPath = environment["AWS_CONFIG_FILE"] ?? home + "/.aws/config"
        tokensPath = home + "/.aws/sso/cache"
        let said = named ?? environment["AWS_PROFILE"]
        profile = said ?? "default"
        isNamed = said != nil
    }

    /// The files as they are now; one that is not there holds nothing.
    var files: ProfileFiles {
        func read(_ path: String) -> ProfileFile {
            ProfileFile((try? String(contentsOfFile: path, encoding: .utf8)) ?? "")
        }
        return ProfileFiles(
            place: self, configuration: read(configurationPath), credentials: read(credentialsPath))
    }
}

/// Both profile files together.
struct ProfileFiles: Hashable, Sendable {
    let place: ProfilePlace
    let configuration: ProfileFile
    let credentials: ProfileFile

    /// All settings of a profile, those of the credentials file first; `nil` if it is in neither.
    func settings(of profile: String) -> [String: String]? {
        let parts = [configuration[profile], credentials[profile]].compactMap(\.self)
        return parts.isEmpty ? nil : parts.reduce(into: [:]) { $0.merge($1) { _, later in later } }
    }

    /// The settings of a session of single sign-on, which several profiles may share; `nil` if there is none.
    func session(_ name: String) -> [String: String]? { configuration["sso-session \(name)"] }
}
