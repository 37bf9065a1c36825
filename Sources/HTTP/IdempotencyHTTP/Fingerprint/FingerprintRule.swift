public import Crypto
public import Idempotency

/// How the fingerprint of a request is made: from method, path, sorted query, content type and body.
///
/// A JSON body counts in its canonical form (`CanonicalJSON`), every other body by its bytes; the two never collide.
/// All fields have their length in front. The same key on another route is another request.
public struct FingerprintRule: Sendable {
    /// The version of the recipe; it goes into every fingerprint.
    public static let currentAlgorithm: UInt8 = 1

    /// The key of the HMAC. Without one the fingerprint is a plain hash, and whoever reads the store can guess bodies
    /// that have few possible values (a card number, an amount).
    public var secret: SymmetricKey?
    /// Values of a JSON body that may differ between tries of one request: a time stamp, a trace id.
    public var leavingOut: [JSONPointer] {
        didSet { tree = PointerTree(leavingOut, mark: .leaveOut) }
    }
    /// Headers that count besides `Content-Type`: `Accept`, `Content-Encoding`, an API version.
    public var headers: [String]
    /// How much of a JSON body is brought into canonical form; one beyond it counts by its bytes.
    public var limits: CanonicalJSON.Limits

    private var tree: PointerTree

    /// A rule that looks at the whole body.
    public init(
        secret: SymmetricKey? = nil, leavingOut: [JSONPointer] = [], headers: [String] = [],
        limits: CanonicalJSON.Limits = .init()
    ) {
        self.secret = secret
        self.leavingOut = leavingOut
        self.headers = headers
        self.limits = limits
        tree = PointerTree(leavingOut, mark: .leaveOut)
    }

    /// The fingerprint of a request with a whole body.
    public func fingerprint(of head: RequestHead, body: UnsafeRawBufferPointer) -> Fingerprint {
        var hasher = FingerprintHasher(algorithm: Self.currentAlgorithm, secret: secret)
        let contentTypes = head.headers.values(of: "Content-Type").map { MediaType($0) }
        let canonical = contentTypes.count == 1 && contentTypes[0].isJSON ? canonical(body) : nil
        var fields = FieldBuffer()
        fields.append(head.method.utf8)
        fields.append(head.path.utf8)
        fields.append(list: QueryItems.sorted(head.query))
        fields.append(list: contentTypes.map(\.normalized))
        for name in headers {
            fields.append(name.lowercased().utf8)
            fields.append(list: head.headers.values(of: name))
        }
        fields.append(byte: canonical == nil ? BodyForm.bytes.rawValue : BodyForm.canonicalJSON.rawValue)
        fields.append(length: canonical?.count ?? body.count)
        fields.bytes.withUnsafeBytes { hasher.update(bytes: $0) }
        if let canonical {
            canonical.withUnsafeBytes { hasher.update(bytes: $0) }
        } else {
            hasher.update(bytes: body)
        }
        return hasher.finalize()
    }

    /// The fingerprint of a request with a whole body.
    public func fingerprint(of head: RequestHead, body: some Collection<UInt8>) -> Fingerprint {
        let result = body.withContiguousStorageIfAvailable { fingerprint(of: head, body: UnsafeRawBufferPointer($0)) }
        return result ?? Array(body).withUnsafeBytes { fingerprint(of: head, body: $0) }
    }

    private func canonical(_ body: UnsafeRawBufferPointer) -> [UInt8]? {
        try? CanonicalJSON.bytes(of: body, tree: tree, limits: limits)
    }

    /// What the body counted as.
    private enum BodyForm: UInt8 {
        case bytes = 0
        case canonicalJSON = 1
    }
}
