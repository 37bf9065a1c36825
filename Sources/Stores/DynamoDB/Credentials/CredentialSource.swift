import AsyncHTTPClient
import NIOCore

/// What a source may use to get credentials.
struct CredentialCall: Sendable {
    let http: HTTPClient
    let loop: any EventLoop
    let clock: ServerClock

    /// A future that has failed with a problem.
    func failure(_ problem: CredentialProblem) -> EventLoopFuture<Credentials> { loop.makeFailedFuture(problem) }
}

/// Where credentials come from.
protocol CredentialSource: Sendable {
    /// What it is, for operators.
    var name: String { get }

    /// Gets them, anew every time. Fails with a `CredentialProblem`.
    func load(_ call: CredentialCall) -> EventLoopFuture<Credentials>
}

/// Credentials that were given, and stay.
struct FixedCredentials: CredentialSource {
    let name: String
    let credentials: Credentials

    func load(_ call: CredentialCall) -> EventLoopFuture<Credentials> {
        call.loop.makeSucceededFuture(credentials)
    }
}
