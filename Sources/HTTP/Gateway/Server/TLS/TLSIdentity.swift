import NIOCore
import NIOSSL
import Synchronization

/// Who the gateway is towards its clients, for connections to come. Those that are open keep what they began with.
final class TLSIdentity: Sendable {
    private let present: Mutex<NIOSSLContext>
    private let speaksHTTP2: Bool

    /// Reads the files.
    ///
    /// - Throws: `ServerTLSError` that names the file and says what is wrong with it.
    init(_ files: ServerTLS, speaksHTTP2: Bool) throws(ServerTLSError) {
        self.speaksHTTP2 = speaksHTTP2
        present = Mutex(try Self.context(files, speaksHTTP2: speaksHTTP2))
    }

    /// What the next connection is to begin with.
    var context: NIOSSLContext { present.withLock { $0 } }

    /// Reads the files anew; when they are no good, everything stays as it is.
    ///
    /// - Throws: `ServerTLSError` that names the file and says what is wrong with it.
    func reload(_ files: ServerTLS) throws(ServerTLSError) {
        let next = try Self.context(files, speaksHTTP2: speaksHTTP2)
        present.withLock { $0 = next }
    }

    /// Reads and checks the files. Blocks: not for an event loop.
    static func context(_ files: ServerTLS, speaksHTTP2: Bool) throws(ServerTLSError) -> NIOSSLContext {
        let chain = try certificates(files.certificateChain)
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: chain.map { .certificate($0) }, privateKey: .privateKey(try key(files.privateKey)))
        configuration.minimumTLSVersion = .tlsv12
        configuration.applicationProtocols = speaksHTTP2 ? ["h2", "http/1.1"] : ["http/1.1"]
        configuration.shutdownTimeout = .seconds(1)
        if let path = files.clientAuthorities {
            configuration.trustRoots = .certificates(try certificates(path))
            configuration.sendCANameList = true
            configuration.certificateVerification =
                switch files.clientCertificates {
                case .required: .noHostnameVerification
                case .optional: .optionalVerification
                }
        }
        do {
            return try NIOSSLContext(configuration: configuration)
        } catch NIOSSLError.failedToLoadPrivateKey {
            // The key has been read; it is not the one of the certificate that is there already.
            throw .mismatch(certificate: files.certificateChain, key: files.privateKey)
        } catch {
            throw .refused(certificate: files.certificateChain, reason: "\(error)")
        }
    }

    private static func certificates(_ path: String) throws(ServerTLSError) -> [NIOSSLCertificate] {
        let bytes = try bytes(path)
        guard let certificates = try? NIOSSLCertificate.fromPEMBytes(bytes), !certificates.isEmpty else {
            throw .noCertificate(path: path)
        }
        return certificates
    }

    private static func key(_ path: String) throws(ServerTLSError) -> NIOSSLPrivateKey {
        let bytes = try bytes(path)
        // An answer of its own to the question for a passphrase: the library's would be asked at the terminal.
        let key = try? NIOSSLPrivateKey(bytes: bytes, format: .pem) { (answer: (ArraySlice<UInt8>) -> Void) in
            answer([])
        }
        guard let key else { throw .noKey(path: path) }
        return key
    }

    private static func bytes(_ path: String) throws(ServerTLSError) -> [UInt8] {
        let bytes: [UInt8]
        do throws(FileBytes.Failure) {
            bytes = try FileBytes.read(path)
        } catch {
            throw .unreadable(path: path, reason: error.reason)
        }
        guard !bytes.isEmpty else { throw .unreadable(path: path, reason: "it is empty") }
        return bytes
    }
}
