import Idempotency

/// Finds credentials and region where the tools of AWS do.
struct CredentialChain: Sendable {
    let environment: [String: String]

    /// The source that counts: keys in the environment, then a web identity in the environment, then the profile files,
    /// then the endpoint of a container, then that of the instance. A profile that was named comes first of all.
    ///
    /// - Parameter region: The region of the store, where roles are assumed; or `nil` for that of environment and
    ///   profile.
    func source(profile: String?, region: String? = nil) throws(CredentialProblem) -> any CredentialSource {
        let place = ProfilePlace(environment: environment, profile: profile)
        let service = try TokenService(
            environment: environment, region: region ?? self.region(profile: profile))
        let profiles = ProfileCredentials(place: place, environment: environment, service: service)
        if profile != nil { return profiles }
        if let keys = try environmentKeys() { return keys }
        if let identity = try WebIdentity(environment: environment, service: service) { return identity }
        let settings = place.files.settings(of: place.profile)
        // A profile that was named and is not there is a mistake; one that says nothing of credentials is none.
        if settings.map(ProfileResolution.leadsToCredentials) ?? place.isNamed { return profiles }
        if let container = try ContainerCredentials(environment: environment) { return container }
        if let instance = InstanceCredentials(environment: environment) { return instance }
        throw CredentialProblem(
            description: "There are no credentials for AWS: not in the environment (AWS_ACCESS_KEY_ID, "
                + "AWS_SECRET_ACCESS_KEY; AWS_WEB_IDENTITY_TOKEN_FILE), not in the profile files, no endpoint of a "
                + "container, and that of the instance is switched off.")
    }

    /// The keys in the environment, or `nil` if there are none.
    func environmentKeys() throws(CredentialProblem) -> FixedCredentials? {
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
    func region(profile: String?) -> String? {
        for name in ["AWS_REGION", "AWS_DEFAULT_REGION"] {
            if let region = environment[name], !region.isEmpty { return region }
        }
        let place = ProfilePlace(environment: environment, profile: profile)
        return place.files.settings(of: place.profile)?["region"]
    }

    /// The file of certificates that the environment or the profile names, or `nil`.
    func certificateAuthorities(profile: String?) -> String? {
        if let path = environment["AWS_CA_BUNDLE"], !path.isEmpty { return path }
        let place = ProfilePlace(environment: environment, profile: profile)
        return place.files.settings(of: place.profile)?["ca_bundle"]
    }

    /// The endpoint that the environment names, or `nil`.
    var endpoint: String? {
        for name in ["AWS_ENDPOINT_URL_DYNAMODB", "AWS_ENDPOINT_URL"] {
            if let url = environment[name], !url.isEmpty { return url }
        }
        return nil
    }
}
