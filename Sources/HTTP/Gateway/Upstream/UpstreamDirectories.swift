/// The addresses of all servers behind the gateway.
struct UpstreamDirectories: Sendable {
    /// Where requests go.
    let upstreams: UpstreamDirectory
    /// Where it is asked what became of interrupted attempts.
    let inquiries: UpstreamDirectory

    /// Looks up what a configuration names.
    func resolve(_ configuration: GatewayConfiguration) async {
        async let upstreams: Void = upstreams.resolve(configuration.upstreams)
        async let inquiries: Void = inquiries.resolve(configuration.inquired)
        _ = await (upstreams, inquiries)
    }
}
