import Idempotency

/// Finds credentials and region where the tools of AWS do.
struct CredentialChain: Sendable {
    private let environment: [String: String]
    private let place: ProfilePlace
    /// What the files said of the profile when the chain was made, or `nil` if it was in neither.
    private let settings: [String: String]?
    /// Whether the profile was named otherwise than by the environment, so that it comes before all else.
    private let isFirst: Bool

    /// Looks into the profile files.
    init(environment: [String: String], profile: String? = nil) {
        self.environment = environment
        place = ProfilePlace(environment: environment, profile: profile)
        settings = place.files.settings(of: place.profile)
        isFirst = profile != nil
    }

    /// The source that counts: keys in the environment, then a web identity in the environment, then the profile files,
    /// then the endpoint of a container, then that of the instance. A profile that was named comes first of all.
    ///
    /// - Parameter region: The region of the store, where roles are assumed; or `nil` for that of environment and
    ///   profile.
    func source(region: String? = nil) throws(CredentialProblem) -> any CredentialSource {
        let service = try TokenService(environment: environment, region: region ?? self.region)
        let profiles = ProfileCredentials(place: place, environment: environment, service: service)
        if isFirst { return profiles }
        if let keys = try Self.keys(in: environment) { return keys }
        if let identity = try WebIdentity(environment: environment, service: service) { return identity }
        // A profile that was named and is not there is a mistake; one that says nothing of credentials is none.
        if settings.map(ProfileResolution.leadsToCredentials) ?? place.isNamed { return profiles }
        if let container = try ContainerCredentials(environment: environment) { return container }
        if let instance = InstanceCredentials(environment: environment) { return instance }
        throw CredentialProblem(
            description: "There are no credentials for AWS: not in the environment (AWS_ACCESS_KEY_ID, "
                + "AWS_SECRET_ACCESS_KEY; AWS_WEB_IDENTITY_TOKEN_FILE), not in the profile files, no endpoint of a "
                + "container, and that of the instance is switched off.")
    }

    /// The keys in an environment, or `nil` if there are none.
    static func keys(in environment: [String: String]) throws(CredentialProblem) -> FixedCredentials? {
        guard let accessKey = environment["AWS_ACCESS_KEY_ID"], !accessKey.isEmpty else { return nil }
        guard let secretKey = environment["AWS_SECRET_ACCESS_KEY"], !secretKey.isEmpty else {
            throw CredentialProblem(description: "AWS_ACCESS_KEY_ID is set, AWS_SECRET_ACCESS_KEY is not.")
        }
        let token = environment["AWS_SESSION_TOKEN"].flatMap { $0.isEmpty ? nil : $0 }
        return FixedCredentials(
            name: "environment",
            credentials: Credentials(accessKey: accessKey, secretKey: secretKey, sessionToken: token))
    }

    /// The region that the environment or the profile tells, or `nil`.
    var region: String? {
        for name in ["AWS_REGION", "AWS_DEFAULT_REGION"] {
            if let region = environment[name], !region.isEmpty { return region }
        }
        return settings?["region"]
    }

    /// The file of certificates that the environment or the profile names, or `nil`.
    var certificateAuthorities: String? {
        if let path = environment["AWS_CA_BUNDLE"], !path.isEmpty { return path }
        return settings?["ca_bundle"]
    }

    /// The endpoint that the environment names, or `nil`.
    var endpoint: String? {
        for name in ["AWS_ENDPOINT_URL_DYNAMODB", "AWS_ENDPOINT_URL"] {
            if let url = environment[name], !url.isEmpty { return url }
        }
        return nil
    }
}
