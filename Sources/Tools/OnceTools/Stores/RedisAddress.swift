import Foundation
import Idempotency
import IdempotencyRedis
import Logging
import NIOSSL

/// What follows the scheme in the URL of a Redis store: `//user:password@host:port/0?replicas=1`.
///
/// Several hosts, separated by commas, are sentinels (`?sentinel=NAME`) or nodes of a cluster (`?cluster=yes`).
struct RedisAddress {
    /// Where the store is.
    let servers: RedisStore.Servers
    /// How it is used, but for what the files that are named hold.
    var configuration = RedisStore.Configuration()
    /// The files that are named, by the option that names them.
    var files: [String: String] = [:]
    /// Whether TLS is spoken.
    let tls: Bool

    /// Reads what follows the scheme.
    init(_ rest: String, tls: Bool) throws {
        self.tls = tls
        guard rest.hasPrefix("//") else { throw Self.error("needs an address: redis://127.0.0.1:6379.") }
        let parts = rest.dropFirst(2).split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        let place = parts[0].split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        let authority = place.first ?? ""
        let at = authority.lastIndex(of: "@")
        if let at { try Self.readCredentials(authority[..<at], into: &configuration) }
        if place.count == 2, !place[1].isEmpty {
            guard let number = Int(place[1]), number >= 0 else {
                throw Self.error("\"\(place[1])\" is no database. Allowed: a number, as in redis://127.0.0.1/0.")
            }
            configuration.database = number
        }
        var options = try Self.options(parts.count == 2 ? parts[1] : "")
        let hosts = at.map { authority[authority.index(after: $0)...] } ?? authority
        let sentinel = options.removeValue(forKey: "sentinel")
        let cluster = try options.removeValue(forKey: "cluster").map { try Self.choice("cluster", $0, ["yes", "no"]) }
        let addresses = try hosts.split(separator: ",", omittingEmptySubsequences: false).map {
            try Self.address($0, port: sentinel == nil ? 6379 : 26_379)
        }
        switch (sentinel, cluster) {
        case (let name?, nil), (let name?, "no"): servers = .sentinels(addresses, primary: name)
        case (nil, "yes"): servers = .cluster(addresses)
        case (_?, _): throw Self.error("sentinel and cluster do not go together.")
        case (nil, _):
            guard addresses.count == 1 else {
                throw Self.error("several hosts need ?sentinel=NAME or ?cluster=yes behind them.")
            }
            servers = .server(host: addresses[0].host, port: addresses[0].port)
        }
        for (name, value) in options { try apply(name, value) }
        if let timeout = options["replica-timeout"] {
            guard configuration.replicas != nil else { throw Self.error("replica-timeout needs replicas=NUMBER.") }
            configuration.replicas?.timeout = try Self.duration("replica-timeout", timeout)
        }
    }

    /// Opens the store.
    func open(_ mode: StoreMode, _ logger: Logger) async throws -> OpenedStore {
        var configuration = try complete()
        configuration.makesStore = mode != .maintaining
        let store = try await RedisStore.open(servers, configuration: configuration, logger: logger)
        return OpenedStore(store, promise: store.promise, closing: { await store.close() })
    }

    /// The configuration with what the files hold.
    private func complete() throws -> RedisStore.Configuration {
        var configuration = configuration
        if let path = files["password-file"] {
            configuration.password = try Self.password(path)
        }
        if let path = files["sentinel-password-file"] {
            configuration.sentinelPassword = try Self.password(path)
        }
        guard tls else { return configuration }
        var settings = TLSConfiguration.makeClientConfiguration()
        if let path = files["ca"] { settings.trustRoots = .file(path) }
        if let path = files["certificate"], let key = files["key"] {
            settings.certificateChain = try NIOSSLCertificate.fromPEMFile(path).map { .certificate($0) }
            settings.privateKey = .privateKey(try NIOSSLPrivateKey(file: key, format: .pem))
        }
        configuration.tls = settings
        return configuration
    }

    private static func password(_ path: String) throws -> String {
        guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
            throw error("the file \(path) of the password cannot be read.")
        }
        return text.trimmingCharacters(in: .newlines)
    }

    static func error(_ message: String) -> UsageError { UsageError("redis: \(message)") }
}
