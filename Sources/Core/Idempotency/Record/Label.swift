/// What an operator needs in order to recognise a record; the protocol never looks at it.
public struct Label: Hashable, Sendable {
    /// The key as the caller sent it, or empty when keys are not to be kept readable.
    public var key: String
    /// A printable name of the scope; for credentials a digest, never the credential.
    public var scope: String
    /// The operation, route or consumer: `POST /payments`.
    public var operation: String

    /// A label; every part may be left empty.
    public init(key: String = "", scope: String = "", operation: String = "") {
        self.key = key
        self.scope = scope
        self.operation = operation
    }
}
