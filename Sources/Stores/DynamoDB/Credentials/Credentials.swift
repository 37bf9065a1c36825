public import Idempotency

/// Who a program is for AWS.
public struct Credentials: Hashable, Sendable {
    /// The id of the access key.
    public var accessKey: String
    /// The secret of the access key.
    public var secretKey: String
    /// What goes with keys that hold for a while only, or `nil`.
    public var sessionToken: String?
    /// Until when they hold, or `nil` for keys without an end.
    public var expires: Timestamp?

    /// Credentials of these parts.
    public init(accessKey: String, secretKey: String, sessionToken: String? = nil, expires: Timestamp? = nil) {
        self.accessKey = accessKey
        self.secretKey = secretKey
        self.sessionToken = sessionToken
        self.expires = expires
    }
}

extension Credentials: CustomStringConvertible, CustomDebugStringConvertible {
    /// The id of the key only: never the secret.
    public var description: String { "access key \(accessKey)" }
    /// The same.
    public var debugDescription: String { description }
}

/// Why there are no credentials.
struct CredentialProblem: Error, Hashable, CustomStringConvertible {
    let description: String
    /// Whether somebody has to change something, or it may work in a moment.
    var code = StoreError.Code.misuse
}
