import AsyncHTTPClient
import NIOCore

/// Where credentials come from.
protocol CredentialSource: Sendable {
    /// What it is, for operators.
    var name: String { get }

    /// Gets them, anew every time. Fails with a `CredentialProblem`.
    func load(_ http: HTTPClient, on loop: any EventLoop) -> EventLoopFuture<Credentials>
}

/// Credentials that were given, and stay.
struct FixedCredentials: CredentialSource {
    let name: String
    let credentials: Credentials

    func load(_ http: HTTPClient, on loop: any EventLoop) -> EventLoopFuture<Credentials> {
        loop.makeSucceededFuture(credentials)
    }
}

/// Credentials in a file, which somebody else may renew: it is read again every time.
struct ProfileCredentials: CredentialSource {
    let place: ProfilePlace

    var name: String { "profile \(place.profile)" }

    func load(_ http: HTTPClient, on loop: any EventLoop) -> EventLoopFuture<Credentials> {
        loop.makeCompletedFuture { try place.credentials() }
    }
}
