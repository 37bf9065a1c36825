import Foundation
import NIOCore

/// The credentials of a role for a token that somebody else vouches for, as the cluster does in EKS (IRSA).
struct WebIdentity: CredentialSource {
    let role: String
    /// Where the token lies; whoever gives it puts a new one there before it ends.
    let tokenFile: String
    let sessionName: String?
    let service: TokenService

    var name: String { "web identity" }

    /// The identity in the environment, or `nil` if it has none.
    init?(environment: [String: String], service: TokenService) throws(CredentialProblem) {
        guard let file = environment["AWS_WEB_IDENTITY_TOKEN_FILE"], !file.isEmpty else { return nil }
        guard let role = environment["AWS_ROLE_ARN"], !role.isEmpty else {
            throw CredentialProblem(description: "AWS_WEB_IDENTITY_TOKEN_FILE is set, AWS_ROLE_ARN is not.")
        }
        self.role = role
        tokenFile = file
        sessionName = environment["AWS_ROLE_SESSION_NAME"].flatMap { $0.isEmpty ? nil : $0 }
        self.service = service
    }

    /// The identity in a profile.
    init(_ settings: [String: String], profile: String, service: TokenService) throws(CredentialProblem) {
        guard let role = settings["role_arn"] else {
            throw CredentialProblem(
                description: "The profile \(profile) has web_identity_token_file and so needs role_arn.")
        }
        self.role = role
        tokenFile = settings["web_identity_token_file"] ?? ""
        sessionName = settings["role_session_name"]
        self.service = service
    }

    func load(_ call: CredentialCall) -> EventLoopFuture<Credentials> {
        guard let text = try? String(contentsOfFile: tokenFile, encoding: .utf8) else {
            return call.failure(
                CredentialProblem(
                    description: "The file of the web identity's token (\(tokenFile)) cannot be read."))
        }
        var form = FormBody.assuming(
            role, by: "AssumeRoleWithWebIdentity", sessionName, at: call.clock.read().now)
        form.add("WebIdentityToken", text.trimmingCharacters(in: .whitespacesAndNewlines))
        let purpose = "assume the role \(role) with the token in \(tokenFile)"
        return service.credentials(form, to: purpose, as: nil, call)
    }
}
