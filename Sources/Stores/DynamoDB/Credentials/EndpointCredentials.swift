import AsyncHTTPClient
import Foundation
import Idempotency
import NIOCore
import NIOHTTP1

/// Credentials of a container, from the endpoint that its environment names (ECS, EKS Pod Identity).
struct ContainerCredentials: CredentialSource {
    let url: String
    /// What is sent as `Authorization`, or `nil`.
    let token: String?
    /// The file that it is read from every time, as it is exchanged now and then, or `nil`.
    let tokenFile: String?

    var name: String { "container endpoint" }

    /// The endpoint that the environment names, or `nil` if it names none.
    init?(environment: [String: String]) throws(CredentialProblem) {
        if let path = environment["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"], !path.isEmpty {
            url = "http://169.254.170.2" + path
        } else if let full = environment["AWS_CONTAINER_CREDENTIALS_FULL_URI"], !full.isEmpty {
            guard Self.isTrusted(full) else {
                throw CredentialProblem(
                    description: "AWS_CONTAINER_CREDENTIALS_FULL_URI leads to another machine without TLS. Allowed: "
                        + "https://, loopback, 169.254.170.2, 169.254.170.23, [fd00:ec2::23].")
            }
            url = full
        } else {
            return nil
        }
        token = environment["AWS_CONTAINER_AUTHORIZATION_TOKEN"]
        tokenFile = environment["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"]
    }

    /// Whether nobody between here and there can read the answer.
    private static func isTrusted(_ text: String) -> Bool {
        guard let url = URL(string: text), let scheme = url.scheme?.lowercased() else { return false }
        guard scheme == "http", let host = url.host?.trimmingCharacters(in: ["[", "]"]) else {
            return scheme == "https"
        }
        return host == "localhost" || host == "::1" || isLoopback(host)
            || ["169.254.170.2", "169.254.170.23", "fd00:ec2::23"].contains(host)
    }

    private static func isLoopback(_ host: String) -> Bool {
        let numbers = host.split(separator: ".", omittingEmptySubsequences: false).map { UInt8($0) }
        return numbers.count == 4 && numbers[0] == 127 && !numbers.contains(nil)
    }

    func load(_ call: CredentialCall) -> EventLoopFuture<Credentials> {
        var headers = HTTPHeaders()
        if let tokenFile {
            guard let text = try? String(contentsOfFile: tokenFile, encoding: .utf8) else {
                let problem = CredentialProblem(
                    description: "The file of the container's token (AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE) cannot "
                        + "be read.")
                return call.failure(problem)
            }
            headers.add(name: "Authorization", value: text.trimmingCharacters(in: .whitespacesAndNewlines))
        } else if let token {
            headers.add(name: "Authorization", value: token)
        }
        return CredentialRequest(url: url, headers: headers, who: "The container's endpoint")
            .send(call, patience: .seconds(5))
            .flatMapThrowing { try IssuedCredentials.read($0, from: "The container's endpoint") }
    }
}

/// Credentials of the role of an EC2 instance, from its metadata service, version 2: with a token first.
struct InstanceCredentials: CredentialSource {
    let base: String

    var name: String { "instance metadata" }

    /// The service that the environment names, or the usual one; `nil` if the environment forbids it.
    init?(environment: [String: String]) {
        guard environment["AWS_EC2_METADATA_DISABLED"]?.lowercased() != "true" else { return nil }
        let named = environment["AWS_EC2_METADATA_SERVICE_ENDPOINT"] ?? "http://169.254.169.254"
        base = named.hasSuffix("/") ? String(named.dropLast()) : named
    }

    func load(_ call: CredentialCall) -> EventLoopFuture<Credentials> {
        let place = base + "/latest/meta-data/iam/security-credentials/"
        let who = "The metadata service of the instance"
        let lifetime = HTTPHeaders([("X-aws-ec2-metadata-token-ttl-seconds", "21600")])
        return CredentialRequest(url: base + "/latest/api/token", method: .PUT, headers: lifetime, who: who)
            .send(call, patience: .seconds(1))
            .flatMap { token in
                let headers = HTTPHeaders([("X-aws-ec2-metadata-token", String(decoding: token, as: UTF8.self))])
                return CredentialRequest(url: place, headers: headers, who: who)
                    .send(call, patience: .seconds(5))
                    .flatMap { role in
                        let role = String(decoding: role, as: UTF8.self).split(whereSeparator: \.isNewline).first
                        return CredentialRequest(url: place + (role ?? ""), headers: headers, who: who)
                            .send(call, patience: .seconds(5))
                    }
            }
            .flatMapThrowing { try IssuedCredentials.read($0, from: who) }
    }
}
