import Crypto
public import Idempotency

/// The scope that was found last, for whoever serves one caller at a time: on a connection the credential rarely
/// changes, and hashing it for every request costs more than comparing it.
public struct ScopeMemory {
    private var name = ""
    private var value = ""
    private var secret: SymmetricKey?
    private var scope: Scope?

    /// Nothing is remembered yet.
    public init() {}

    /// The scope of this credential under this rule, if it is the one that was found last.
    func scope(of value: String, named name: String, secret: SymmetricKey?) -> Scope? {
        guard let scope, self.value == value, self.name == name, self.secret == secret else { return nil }
        return scope
    }

    /// Remembers what was found.
    mutating func remember(_ scope: Scope, of value: String, named name: String, secret: SymmetricKey?) {
        self.scope = scope
        self.value = value
        self.name = name
        self.secret = secret
    }
}

extension ScopeRule {
    /// The scope of a request, as without `memory`; a credential that comes again is not hashed again.
    ///
    /// - Parameters:
    ///   - headers: The request's headers.
    ///   - verified: The identity that the program verified, for `ScopeSource.verified`.
    ///   - memory: What was found last on this connection.
    /// - Throws: `Refusal.credentialMissing` when the caller has no credential and such callers are turned away.
    public func scope(
        of headers: Headers, verified: String? = nil, remembering memory: inout ScopeMemory
    ) throws(Refusal) -> Scope {
        guard case .header(let name) = source, let value = headers.onlyValue(of: name) else {
            return try scope(of: headers, verified: verified)
        }
        if let scope = memory.scope(of: value, named: name, secret: secret) { return scope }
        let scope = try scope(of: headers, verified: verified)
        memory.remember(scope, of: value, named: name, secret: secret)
        return scope
    }
}

extension Headers {
    /// The value of the line of that name, if there is exactly one and it is not empty.
    fileprivate func onlyValue(of name: String) -> String? {
        guard let value = self[name], !value.isEmpty, count(of: name) == 1 else { return nil }
        return value
    }
}
