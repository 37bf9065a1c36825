import Idempotency

/// Finds credentials and region where the tools of AWS do.
struct CredentialChain: Sendable {
    let environment: [String: String]

    /// The source that counts: the environment, then the profile files, then the endpoint of a container, then that of
    /// the instance. A profile that was named comes first of all.
    func source(profile: String?) throws(CredentialProblem) -> any CredentialSource {
        let place = ProfilePlace(environment: environment, profile: profile)
        if profile != nil { return ProfileCredentials(place: place) }
        if let accessKey = environment["AWS_ACCESS_KEY_ID"], !accessKey.isEmpty {
            guard let secretKey = environment["AWS_SECRET_ACCESS_KEY"], !secretKey.isEmpty else {
                throw CredentialProblem(description: "AWS_ACCESS_KEY_ID is set, AWS_SECRET_ACCESS_KEY is not.")
            }
            let token = environment["AWS_SESSION_TOKEN"].flatMap { $0.isEmpty ? nil : $0 }
            return FixedCredentials(
                name: "environment",
                credentials: Credentials(accessKey: accessKey, secretKey: secretKey, sessionToken: token))
        }
        if place.isNamed || place.hasKeys { return ProfileCredentials(place: place) }
        if let container = try ContainerCredentials(environment: environment) { return container }
        if let instance = InstanceCredentials(environment: environment) { return instance }
        throw CredentialProblem(
            description: "There are no credentials for AWS: not in the environment (AWS_ACCESS_KEY_ID, "
                + "AWS_SECRET_ACCESS_KEY), not in the profile files, no endpoint of a container, and that of the "
                + "instance is switched off.")
    }

    /// The region that the environment or the profile tells, or `nil`.
    func region(profile: String?) -> String? {
        for name in ["AWS_REGION", "AWS_DEFAULT_REGION"] {
            if let region = environment[name], !region.isEmpty { return region }
        }
        return ProfilePlace(environment: environment, profile: profile).settings?["region"]
    }

    /// The endpoint that the environment names, or `nil`.
    var endpoint: String? {
        for name in ["AWS_ENDPOINT_URL_DYNAMODB", "AWS_ENDPOINT_URL"] {
            if let url = environment[name], !url.isEmpty { return url }
        }
        return nil
    }
}
