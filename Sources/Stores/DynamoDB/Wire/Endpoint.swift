/// Where the service is: scheme, host and port.
struct Endpoint: Hashable, Sendable {
    let url: String
    /// As it stands in the `Host` header.
    let host: String

    /// The public endpoint of a service in a region.
    init(region: String, service: String = "dynamodb") {
        let domain = region.hasPrefix("cn-") ? "amazonaws.com.cn" : "amazonaws.com"
        host = "\(service).\(region).\(domain)"
        url = "https://\(host)/"
    }

    /// Reads `https://host`, `http://host:port`, with or without a slash at the end; `nil` for anything else.
    init?(_ text: String) {
        let isSecure = text.lowercased().hasPrefix("https://")
        guard isSecure || text.lowercased().hasPrefix("http://") else { return nil }
        var rest = text.dropFirst(isSecure ? 8 : 7)
        if rest.last == "/" { rest.removeLast() }
        guard !rest.isEmpty, !rest.contains(where: { "/?#@ ".contains($0) }) else { return nil }
        let standard = isSecure ? ":443" : ":80"
        host = String(rest.hasSuffix(standard) ? rest.dropLast(standard.count) : rest)
        url = (isSecure ? "https://" : "http://") + rest + "/"
    }

    /// Whether the connection is encrypted.
    var isSecure: Bool { url.hasPrefix("https") }

    /// The region that the name of the host tells, or `nil` if it tells none.
    var region: String? {
        let labels = host.prefix { $0 != ":" }.split(separator: ".")
        guard labels.count >= 4, labels[0] == "dynamodb", labels[2] == "amazonaws" else { return nil }
        return String(labels[1])
    }
}
