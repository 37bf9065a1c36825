/// What the settings of profiles lead to, in the order of the SDKs of AWS.
///
/// Of a profile the first of these counts: a web identity, a role to assume (with the credentials of another profile,
/// which may assume a role itself, or of the environment, container or instance), single sign-on, keys, a process. Keys
/// of a profile that another one leads to come before its role.
struct ProfileResolution: Sendable {
    let files: ProfileFiles
    let environment: [String: String]
    let service: TokenService

    private static let marks = [
        "aws_access_key_id", "aws_secret_access_key", "credential_process", "login_session", "role_arn",
        "sso_account_id", "sso_role_name", "web_identity_token_file",
    ]

    /// Whether settings say anything of credentials.
    static func leadsToCredentials(_ settings: [String: String]) -> Bool { marks.contains { settings[$0] != nil } }

    /// Where the credentials of a profile come from.
    ///
    /// - Parameter visited: The profiles that have led here.
    func source(of profile: String, after visited: [String] = []) throws(CredentialProblem) -> any CredentialSource {
        guard let settings = files.settings(of: profile) else {
            let leader = visited.last.map { ", which source_profile of the profile \($0) names" } ?? ""
            throw CredentialProblem(
                description: "There is no profile \(profile) in \(files.place.credentialsPath) or "
                    + "\(files.place.configurationPath)\(leader).")
        }
        let hasKeys = settings["aws_access_key_id"] != nil || settings["aws_secret_access_key"] != nil
        if settings["web_identity_token_file"] != nil {
            return try WebIdentity(settings, profile: profile, service: service)
        }
        if let role = settings["role_arn"], visited.isEmpty || !hasKeys {
            return try assumed(role, settings, profile, visited)
        }
        if settings["sso_account_id"] != nil || settings["sso_role_name"] != nil {
            return try SingleSignOn(settings, profile: profile, files: files, environment: environment)
        }
        if hasKeys { return try keys(settings, profile) }
        if let command = settings["credential_process"] {
            return ProcessCredentials(command: command, profile: profile)
        }
        throw CredentialProblem(description: "The profile \(profile) \(Self.lack(settings)).")
    }

    private static func lack(_ settings: [String: String]) -> String {
        guard settings["login_session"] != nil else {
            return "leads to no credentials. Allowed: aws_access_key_id and aws_secret_access_key; role_arn with "
                + "source_profile, credential_source or web_identity_token_file; sso_session with sso_account_id and "
                + "sso_role_name; credential_process"
        }
        return "gets its credentials through login_session, which this program does not do; export them into the "
            + "environment (aws configure export-credentials --format env)"
    }

    private func keys(_ settings: [String: String], _ profile: String) throws(CredentialProblem) -> FixedCredentials {
        guard let accessKey = settings["aws_access_key_id"], let secretKey = settings["aws_secret_access_key"] else {
            throw CredentialProblem(
                description: "The profile \(profile) has only one of aws_access_key_id and aws_secret_access_key.")
        }
        return FixedCredentials(
            name: "profile \(profile)",
            credentials: Credentials(
                accessKey: accessKey, secretKey: secretKey, sessionToken: settings["aws_session_token"]))
    }

    private func assumed(
        _ role: String, _ settings: [String: String], _ profile: String, _ visited: [String]
    ) throws(CredentialProblem) -> any CredentialSource {
        if settings["mfa_serial"] != nil {
            throw CredentialProblem(
                description: "The profile \(profile) asks for the code of a device (mfa_serial), which nobody can "
                    + "type here. Use a profile without it, or export credentials into the environment.")
        }
        let base: any CredentialSource
        switch (settings["source_profile"], settings["credential_source"]) {
        case (let source?, nil) where source == profile: base = try keys(settings, profile)
        case (let source?, nil):
            let way = visited + [profile]
            guard !way.contains(source) else {
                throw CredentialProblem(
                    description: "The profiles \((way + [source]).joined(separator: ", ")) lead in a circle by their "
                        + "source_profile.")
            }
            base = try self.source(of: source, after: way)
        case (nil, let source?): base = try named(source, profile)
        case (nil, nil), (_?, _?):
            throw CredentialProblem(
                description: "The profile \(profile) has role_arn and so needs one of source_profile and "
                    + "credential_source, and not both.")
        }
        return try AssumedRole(role, settings, profile: profile, base: base, service: service)
    }

    /// What `credential_source` names.
    private func named(_ source: String, _ profile: String) throws(CredentialProblem) -> any CredentialSource {
        let found: (any CredentialSource)?
        switch source {
        case "Environment": found = try CredentialChain.keys(in: environment)
        case "EcsContainer": found = try ContainerCredentials(environment: environment)
        case "Ec2InstanceMetadata": found = InstanceCredentials(environment: environment)
        default:
            throw CredentialProblem(
                description: "The profile \(profile) has credential_source = \(source). Allowed: Environment, "
                    + "EcsContainer, Ec2InstanceMetadata.")
        }
        guard let found else {
            throw CredentialProblem(
                description: "The profile \(profile) takes its credentials from \(source), and there are none.")
        }
        return found
    }
}
