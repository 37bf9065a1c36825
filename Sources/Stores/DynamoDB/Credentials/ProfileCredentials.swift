import NIOCore

/// Credentials that a profile leads to. The files are read again every time, as somebody else may change them.
struct ProfileCredentials: CredentialSource {
    let place: ProfilePlace
    let environment: [String: String]
    let service: TokenService

    var name: String { "profile \(place.profile)" }

    func load(_ call: CredentialCall) -> EventLoopFuture<Credentials> {
        let resolution = ProfileResolution(files: place.files, environment: environment, service: service)
        do throws(CredentialProblem) {
            return try resolution.source(of: place.profile).load(call)
        } catch {
            return call.failure(error)
        }
    }
}
