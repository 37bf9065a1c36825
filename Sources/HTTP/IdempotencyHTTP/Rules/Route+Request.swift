package import Idempotency

extension Route {
    /// What the engine is asked for a guarded request.
    ///
    /// The label has the path as sent, cut off after 200 bytes, and the scope's name, which for a credential is a hash.
    package func request(
        under key: IdempotencyKey, in scope: Scope, _ head: RequestHead, body: UnsafeRawBufferPointer
    ) -> Request {
        let path = String(decoding: head.path.utf8.prefix(200), as: UTF8.self)
        return Request(
            id: RecordID(scope: scope, key: key),
            fingerprint: settings.fingerprint.fingerprint(of: head, body: body),
            label: Label(key: key.string, scope: scope.name, operation: "\(head.method) \(path)"))
    }

    /// What an execution of this route's requests is held to, where the server's own rule for interrupted attempts is
    /// `interrupted`.
    package func terms(interrupted: InterruptedRule) -> Terms {
        Terms(
            lease: settings.lease, retention: settings.retention, wait: settings.wait,
            interrupted: settings.interrupted ?? interrupted)
    }
}
