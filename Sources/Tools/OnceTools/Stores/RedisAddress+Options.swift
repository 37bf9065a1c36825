import Foundation
import IdempotencyRedis

extension RedisAddress {
    private static let allowed = [
        "ca", "certificate", "cluster", "eviction", "key", "password-file", "persistence", "prefix", "quarantine",
        "replica-timeout", "replicas", "sentinel", "sentinel-password-file", "sentinel-user", "server-name",
        "settings", "timeout",
    ]
    private static let onlyWithTLS: Set<String> = ["ca", "certificate", "key", "server-name"]

    /// Takes the options apart.
    static func options(_ query: Substring) throws -> [String: String] {
        var options: [String: String] = [:]
        for item in query.split(separator: "&") {
            let pair = item.split(separator: "=", maxSplits: 1).map(String.init)
            guard let name = pair.first, allowed.contains(name) else {
                throw UsageError.unknown("option of the Redis store", pair.first ?? String(item), allowed: allowed)
            }
            guard pair.count == 2, let value = pair[1].removingPercentEncoding, !value.isEmpty else {
                throw error("\(name) needs a value: ?\(name)=….")
            }
            guard options.updateValue(value, forKey: name) == nil else { throw error("\(name) is said twice.") }
        }
        if (options["certificate"] == nil) != (options["key"] == nil) {
            throw error("certificate and key go together.")
        }
        return options
    }

    /// Takes one option over.
    mutating func apply(_ name: String, _ value: String) throws {
        if Self.onlyWithTLS.contains(name), !tls { throw Self.error("\(name) needs rediss://.") }
        switch name {
        case "prefix": configuration.prefix = value
        case "eviction":
            configuration.acceptsEviction = try Self.choice(name, value, ["accepted", "refused"]) == "accepted"
        case "settings":
            configuration.acceptsHiddenSettings = try Self.choice(name, value, ["hidden", "readable"]) == "hidden"
        case "persistence":
            configuration.acceptsWeakPersistence = try Self.choice(name, value, ["weak", "strong"]) == "weak"
        case "quarantine": configuration.quarantine = try Self.duration(name, value)
        case "timeout": configuration.timeout = try Self.duration(name, value)
        case "replicas":
            guard let count = Int(value), (1...100).contains(count) else {
                throw Self.error("replicas: \"\(value)\" is not allowed. Allowed: a number from 1 on.")
            }
            configuration.replicas = RedisStore.Configuration.Replicas(count)
        case "server-name": configuration.tlsServerName = value
        case "sentinel-user": configuration.sentinelUser = value
        case "ca", "certificate", "key", "password-file", "sentinel-password-file": files[name] = value
        default: break
        }
    }

    static func duration(_ name: String, _ value: String) throws -> Duration {
        guard let duration = DurationText.parse(value), duration > .zero else {
            throw error("\(name): \"\(value)\" is not allowed. Allowed: \(DurationText.allowed).")
        }
        return duration
    }

    static func choice(_ name: String, _ value: String, _ allowed: [String]) throws -> String {
        guard allowed.contains(value) else {
            throw error("\(name): \"\(value)\" is not allowed. Allowed: \(allowed.joined(separator: ", ")).")
        }
        return value
    }

    /// Reads `user:password`, `:password` or `user`.
    static func readCredentials(_ text: Substring, into configuration: inout RedisStore.Configuration) throws {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        let decoded = parts.map { $0.removingPercentEncoding }
        guard !decoded.contains(nil) else {
            throw error("user and password have a % that is not followed by two hexadecimal digits.")
        }
        if let user = decoded[0], !user.isEmpty { configuration.user = user }
        if decoded.count == 2, let password = decoded[1], !password.isEmpty { configuration.password = password }
    }

    /// Reads `host`, `host:port` or `[address]:port`.
    static func address(_ text: Substring, port standard: Int) throws -> RedisStore.Servers.Address {
        var host = text
        var port = standard
        let end = text.lastIndex(of: "]") ?? text.startIndex
        if let colon = text[end...].lastIndex(of: ":") {
            guard let number = Int(text[text.index(after: colon)...]), (1...65_535).contains(number) else {
                throw error("\"\(text)\" has no port behind its colon. Allowed: 1 to 65535.")
            }
            port = number
            host = text[..<colon]
        }
        if host.hasPrefix("["), host.hasSuffix("]") { host = host.dropFirst().dropLast() }
        guard !host.isEmpty, !host.contains(where: { $0.isWhitespace || $0 == "/" }) else {
            throw error("a host is missing: redis://127.0.0.1:6379.")
        }
        return RedisStore.Servers.Address(host: String(host), port: port)
    }
}
