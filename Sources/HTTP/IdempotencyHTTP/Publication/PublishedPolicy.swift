import Idempotency

/// The idempotency specification that the draft says a resource must publish (section 2.5.2), as one JSON document.
///
/// It tells what a client has to know: which routes have keys, how a key is written, how long an outcome is kept, what
/// is stored, what a replay carries and what each refusal asks for. It names no secrets and no left-out members.
public struct PublishedPolicy: Sendable {
    /// Where it is published.
    public static let path = "/.well-known/idempotency"
    /// The revision of the draft that the behaviour follows.
    public static let specification = "draft-ietf-httpapi-idempotency-key-header-07"

    private let policy: GuardPolicy
    private let format: RefusalFormat

    /// The document about `policy`, with refusals written in `format`.
    public init(of policy: GuardPolicy, format: RefusalFormat = RefusalFormat()) {
        self.policy = policy
        self.format = format
    }

    /// The answer to `GET /.well-known/idempotency`; it may be cached for five minutes.
    public func response() -> PlainResponse {
        PlainResponse(
            status: 200, headers: ["Content-Type": "application/json", "Cache-Control": "max-age=300"],
            body: document.encoded)
    }

    private var document: JSONValue {
        [
            "specification": .string(Self.specification),
            "profile": .string(format.profile.rawValue),
            "key": [
                "syntax": "an RFC 8941 string (\"abc\") or the bare form (abc); both name the same key",
                "characters": "printable ASCII, 0x20 to 0x7e",
                "minimumLength": 1,
                "maximumLength": .number(IdempotencyKey.maximumLength),
            ],
            "fingerprint":
                "method, path, sorted query, content type and body; JSON by its values, other bodies by their bytes",
            "replay": ["header": .string(FieldName.replayed), "value": "true"],
            "routes": .array(policy.routes.map(route)),
            "refusals": .array(Refusal.examples.map(refusal)),
        ]
    }

    private func route(_ route: Route) -> JSONValue {
        let settings = route.settings
        return [
            "methods": .array(route.methods.map { .string($0) }),
            "path": .string(route.path.description),
            "key": .string(settings.requirement.rawValue),
            "keySource": settings.key.published,
            "scope": .string(settings.scope.source.published),
            "anonymous": .string(settings.scope.anonymous == .share ? "share" : "refuse"),
            "retentionSeconds": .number(Int(RefusalFormat.wholeSeconds(settings.retention))),
            "waitMilliseconds": .number(settings.wait.wholeMilliseconds),
            "maximumBody": .number(settings.maximumBody),
            "maximumStoredResponse": .number(settings.keepsAnswers ? settings.maximumResponse : 0),
            "replayedHeaders": .array(
                (ReplayPolicy.standardHeaders + settings.replay.additionalHeaders).filter(settings.replay.replays).map {
                    .string($0)
                }),
            "statuses": settings.statuses.published,
        ]
    }

    private func refusal(_ refusal: Refusal) -> JSONValue {
        [
            "type": .string(format.typePrefix + refusal.code),
            "title": .string(refusal.title),
            "status": .number(format.status(of: refusal)),
            "retry": .string(refusal.retry.rawValue),
        ]
    }
}
