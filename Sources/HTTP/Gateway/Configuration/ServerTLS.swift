/// The files that the gateway shows who it is with, and knows its clients by. All in PEM form (RFC 7468).
///
/// TLS 1.2 and 1.3 are spoken (RFC 9325 section 3.1.1), HTTP/2 and HTTP/1.1 are offered by ALPN (RFC 7301).
public struct ServerTLS: Hashable, Sendable {
    /// What is asked of clients besides a request.
    public enum ClientCertificates: String, Hashable, Sendable, CaseIterable {
        /// A client may show a certificate; one that does not verify ends the connection.
        case optional
        /// A client without a certificate that verifies is turned away.
        case required
    }

    /// The gateway's certificate, and behind it those that lead to a certificate known to clients.
    public var certificateChain: String
    /// The private key of the first certificate, without a passphrase.
    public var privateKey: String
    /// The certificates of those who issue client certificates; no client is asked for one without.
    public var clientAuthorities: String?
    /// Whether clients must show a certificate; counts where `clientAuthorities` is set.
    public var clientCertificates = ClientCertificates.required

    /// The gateway's certificate and key; clients are not asked for theirs.
    public init(certificateChain: String, privateKey: String) {
        self.certificateChain = certificateChain
        self.privateKey = privateKey
    }

    /// Reads the files and checks that they go together. Reads files: not for an event loop.
    ///
    /// - Throws: `ServerTLSError` that names the file and says what is wrong with it.
    public func check() throws(ServerTLSError) {
        _ = try TLSIdentity.context(self, speaksHTTP2: true)
    }
}

/// Why certificates and key cannot be used.
public enum ServerTLSError: Error, Hashable, Sendable, CustomStringConvertible {
    /// A file cannot be read.
    case unreadable(path: String, reason: String)
    /// A file has no certificate in PEM form, or a broken one.
    case noCertificate(path: String)
    /// A file has no private key in PEM form, or one with a passphrase.
    case noKey(path: String)
    /// The key is not that of the first certificate.
    case mismatch(certificate: String, key: String)
    /// The TLS library does not take them.
    case refused(certificate: String, reason: String)
    /// The gateway runs without TLS, which only a restart changes.
    case off

    /// What is wrong, and what is expected.
    public var description: String {
        switch self {
        case .unreadable(let path, let reason): "\(path) cannot be read: \(reason)."
        case .noCertificate(let path): "\(path) has no certificate in PEM form, or a broken one."
        case .noKey(let path): "\(path) has no private key in PEM form, or one with a passphrase."
        case .mismatch(let certificate, let key):
            "The key in \(key) is not the key of the first certificate in \(certificate)."
        case .refused(let certificate, let reason): "The certificate in \(certificate) cannot be used: \(reason)."
        case .off: "The gateway runs without TLS; it can be turned on by a restart only."
        }
    }
}
