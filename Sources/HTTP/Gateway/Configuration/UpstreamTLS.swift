import NIOCore
import NIOSSL

/// How upstreams with an `https` URL are spoken to: TLS 1.2 or newer, and always verified.
///
/// The certificate must come from a trusted authority and be made out to the host of the URL: to the name, or to the
/// address when the URL has an address (RFC 9110 section 4.3.4). There is no setting that turns this off.
public struct UpstreamTLS: Hashable, Sendable {
    /// A PEM file with the authorities to trust, instead of those of the system.
    public var authorities: String?
    /// A PEM file with the certificate that the gateway shows, and those that it was signed by, in this order.
    public var certificate: String?
    /// A PEM file with the key of that certificate.
    public var key: String?
    /// The name that upstreams are asked for (SNI) and verified by, instead of the host of their URL: for a URL with an
    /// address, and a certificate with a name.
    public var serverName: String?

    /// The system's authorities, no certificate to show.
    public init() {}

    /// Reads the files.
    ///
    /// - Throws: `GatewayConfigurationError` that names the file and what is wrong with it.
    func context() throws(GatewayConfigurationError) -> NIOSSLContext {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.minimumTLSVersion = .tlsv12
        configuration.certificateVerification = .fullVerification
        configuration.applicationProtocols = ["http/1.1"]
        // The other side may never say good-bye; half a second is enough for one that does.
        configuration.shutdownTimeout = .milliseconds(500)
        if let authorities {
            configuration.trustRoots = .certificates(try Self.certificates(in: authorities))
        }
        switch (certificate, key) {
        case (let certificate?, let key?):
            configuration.certificateChain = try Self.certificates(in: certificate).map { .certificate($0) }
            configuration.privateKey = .privateKey(try Self.key(in: key))
        case (nil, nil): break
        case (_?, nil), (nil, _?): throw .halfIdentity
        }
        do {
            return try NIOSSLContext(configuration: configuration)
        } catch {
            throw .unusableTLSFile(path: certificate ?? authorities ?? "", reason: "the key is not the certificate's")
        }
    }

    private static func certificates(in path: String) throws(GatewayConfigurationError) -> [NIOSSLCertificate] {
        let certificates: [NIOSSLCertificate]
        do {
            certificates = try NIOSSLCertificate.fromPEMFile(path)
        } catch {
            throw .unusableTLSFile(path: path, reason: "it cannot be read, or is no PEM file of certificates")
        }
        guard !certificates.isEmpty else { throw .unusableTLSFile(path: path, reason: "it has no certificate") }
        return certificates
    }

    private static func key(in path: String) throws(GatewayConfigurationError) -> NIOSSLPrivateKey {
        do {
            // An answer of its own to the question for a passphrase: the library's would be asked at the terminal.
            return try NIOSSLPrivateKey(file: path, format: .pem) { (answer: (ArraySlice<UInt8>) -> Void) in
                answer([])
            }
        } catch {
            throw .unusableTLSFile(
                path: path, reason: "it cannot be read, or is no PEM file of a private key without a passphrase")
        }
    }
}
