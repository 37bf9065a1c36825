import IdempotencyGateway
import IdempotencyHTTP

extension GatewaySettings {
    /// Certificate, key and what is asked of clients; `nil` when nothing of it is set.
    ///
    /// - Throws: `UsageError` when one is set without the others, or when the files cannot be used.
    static func tls(_ sources: SettingSources) throws(UsageError) -> ServerTLS? {
        func file(_ option: GatewayOption) throws(UsageError) -> String? {
            try sources.value(option.rawValue, .text("the path of a PEM file"))
        }
        func misses(_ option: GatewayOption, for other: GatewayOption) throws(UsageError) -> UsageError {
            UsageError("\(other.rawValue) needs \(option.rawValue) as well.", at: try sources.place(other.rawValue))
        }
        let (certificate, key) = (try file(.tlsCertificate), try file(.tlsKey))
        let authorities = try file(.tlsClientCA)
        let clients = try sources.value(
            GatewayOption.tlsClient.rawValue, .word as Setting<ServerTLS.ClientCertificates>)
        if clients != nil, authorities == nil { throw try misses(.tlsClientCA, for: .tlsClient) }
        if authorities != nil, certificate == nil { throw try misses(.tlsCertificate, for: .tlsClientCA) }
        guard let certificate else {
            if key != nil { throw try misses(.tlsCertificate, for: .tlsKey) }
            return nil
        }
        guard let key else { throw try misses(.tlsKey, for: .tlsCertificate) }
        var tls = ServerTLS(certificateChain: certificate, privateKey: key)
        tls.clientAuthorities = authorities
        if let clients { tls.clientCertificates = clients }
        do throws(ServerTLSError) {
            try tls.check()
        } catch {
            throw UsageError(error.description, at: try sources.place(GatewayOption.tlsCertificate.rawValue))
        }
        return tls
    }

    /// Makes sure that clients are asked for the certificate that they are told apart by.
    static func checkCallers(of configuration: GatewayConfiguration, _ sources: SettingSources) throws(UsageError) {
        guard configuration.tls?.clientAuthorities == nil,
            configuration.policy.routes.contains(where: { $0.settings.scope.source == .verified })
        else { return }
        throw UsageError(
            "Callers are to be told apart by their certificate: \(GatewayOption.tlsClientCA.rawValue) must name who "
                + "issues those.", at: try sources.place(GatewayOption.scope.rawValue))
    }
}
