import Foundation
import Idempotency
import IdempotencyGateway
import IdempotencyHTTP
import OnceTools
import Testing

@Suite("The settings of the gateway")
struct GatewaySettingsTests {
    private func settings(
        _ flags: [String: [String]] = ["upstream": ["http://127.0.0.1:3000"]], environment: [String: String] = [:],
        file: String? = nil
    ) throws -> GatewaySettings {
        let path = FileManager.default.temporaryDirectory.appending(path: "once-\(UUID()).yaml").path
        if let file { try Data(file.utf8).write(to: URL(fileURLWithPath: path)) }
        defer { try? FileManager.default.removeItem(atPath: path) }
        return try GatewaySettings(
            flags: flags, environment: environment, configurationPath: file == nil ? nil : path)
    }

    private static func exampleText() throws -> String {
        let root = #filePath.components(separatedBy: "/Tests/")[0]
        return try String(contentsOfFile: root + "/once.example.yaml", encoding: .utf8)
    }

    @Test("Without any setting but the upstream, the defaults of the contract hold")
    func defaults() throws {
        let settings = try settings()
        let route = try #require(settings.configuration.policy.routes.last?.settings)
        #expect(settings.configuration.host == "127.0.0.1" && settings.configuration.port == 8080)
        #expect(settings.admin == ListenAddress(host: "127.0.0.1", port: 9090))
        #expect(settings.store.description == "sqlite:once.db" && settings.auditPath == "once.db.audit.jsonl")
        #expect(route.requirement == .optional && route.key == .header("Idempotency-Key"))
        #expect(route.retention == .seconds(86_400) && route.lease == .seconds(30) && route.wait == .zero)
        #expect(route.maximumBody == 1 << 20 && route.maximumResponse == 1 << 20)
        #expect(route.scope.source == .header("Authorization") && route.scope.anonymous == .share)
        #expect(settings.configuration.interrupted == .hold && settings.configuration.format.profile == .ietf)
        #expect(settings.configuration.timeouts.upstreamAnswer == .seconds(30))
    }

    @Test("Quotas are numbers and sizes; a store of no bytes is one that takes no new keys")
    func quotas() throws {
        func limits(_ file: String) throws -> QuotaLimits {
            try settings(file: "upstream: http://127.0.0.1:3000\n" + file).configuration.quota
        }
        #expect(try limits("") == QuotaLimits())
        #expect(
            try limits("max-keys-per-scope: 5\nmax-bytes-per-scope: 2KiB\nmax-stored-bytes: 3MiB")
                == QuotaLimits(keysPerScope: 5, bytesPerScope: 2048, bytesInAll: 3 << 20))
        #expect(try limits("max-stored-bytes: 0B") == QuotaLimits(bytesInAll: 0))
        #expect(throws: UsageError.self) { try limits("max-keys-per-scope: 0") }
    }

    @Test("HTTP/2 is on unless it is turned off, in the words of flags and of YAML")
    func http2() throws {
        #expect(try settings().configuration.speaksHTTP2)
        #expect(try settings(file: "upstream: http://a\nhttp2: off\n").configuration.speaksHTTP2 == false)
        #expect(try settings(file: "upstream: http://a\nhttp2: false\n").configuration.speaksHTTP2 == false)
        #expect(throws: UsageError.self) { try settings(file: "upstream: http://a\nhttp2: maybe\n") }
    }

    @Test("Connections may be switched to WebSocket, to other protocols by name, or to none; never to HTTP itself")
    func upgrades() throws {
        let read = { (text: String) in try settings(file: "upstream: http://a\n\(text)\n").configuration }
        #expect(try settings().configuration.upgrades == [.webSocket])
        #expect(try read("upgrades: [websocket, example/1]").upgrades.map(\.description) == ["websocket", "example/1"])
        #expect(try read("upgrades: off").upgrades.isEmpty)
        #expect(try read("upgrade-idle: 1h").timeouts.tunnelIdle == .seconds(3600))
        #expect(try read("max-upgrades: 7").limits.tunnels == 7)
        for wrong in ["upgrades: h2c", "upgrades: [off, websocket]", "upgrades: a b", "upgrade-idle: 0s"] {
            #expect(throws: UsageError.self) { try read(wrong) }
        }
    }

    @Test(
        "Of the options for TLS each needs those that it is about",
        arguments: [
            ("tls-certificate: a.pem", "tls-certificate needs tls-key"),
            ("tls-key: a.pem", "tls-key needs tls-certificate"),
            ("tls-client-ca: a.pem", "tls-client-ca needs tls-certificate"),
            ("tls-client: optional", "tls-client needs tls-client-ca"),
            ("tls-certificate: /nowhere/a.pem\ntls-key: /nowhere/a.key", "/nowhere/a.pem cannot be read"),
            ("scope: client-certificate", "tls-client-ca must name"),
            ("scope: [client-certificate, header:A]", "Only headers may stand together"),
        ])
    func tls(text: String, message: String) {
        let error = #expect(throws: UsageError.self) { try settings(file: "upstream: http://a\n\(text)\n") }
        #expect(error?.description.contains(message) == true && error?.description.contains(".yaml:2") == true)
    }

    @Test("The example file is read, and says the defaults")
    func example() throws {
        let example = try settings([:], file: Self.exampleText())
        let standard = try settings()
        #expect(example.configuration.upstreams == standard.configuration.upstreams)
        #expect(example.configuration.host == standard.configuration.host)
        #expect(example.configuration.port == standard.configuration.port)
        #expect(example.configuration.interrupted == standard.configuration.interrupted)
        #expect(example.configuration.format == standard.configuration.format)
        #expect(example.configuration.timeouts == standard.configuration.timeouts)
        #expect(example.admin == standard.admin && example.adminToken != nil)
        #expect(example.store.description == standard.store.description && example.auditPath == standard.auditPath)
        #expect(example.cacheBytes == standard.cacheBytes && standard.cacheBytes == 32 << 20)
        #expect(example.sweepInterval == standard.sweepInterval && example.logLevel == standard.logLevel)
        let (mine, theirs) = (example.configuration.policy.routes.last, standard.configuration.policy.routes.last)
        #expect(
            mine?.settings.retention == theirs?.settings.retention && mine?.settings.lease == theirs?.settings.lease)
        #expect(
            mine?.settings.key == theirs?.settings.key && mine?.settings.scope.source == theirs?.settings.scope.source)
        #expect(
            mine?.settings.maximumBody == theirs?.settings.maximumBody && mine?.settings.wait == theirs?.settings.wait)
    }

    @Test("The example file names every option of the gateway and of a route")
    func exampleIsComplete() throws {
        let text = try Self.exampleText()
        for option in GatewayOption.allCases.map(\.rawValue) {
            #expect(text.contains("\n\(option):") || text.contains("\n# \(option):"), "\(option) is missing")
        }
        for option in GatewaySettings.routeOptions {
            #expect(text.contains(" \(option):"), "\(option) is missing")
        }
    }

    @Test("The routes of the example are what their comments say")
    func exampleRoutes() throws {
        let routes = try settings([:], file: Self.exampleText()).configuration.policy.routes
        #expect(
            routes.map(\.path.description) == [
                "/payments/**", "/v1/instances", "/exports/{id}/download", "/search", "/**",
            ])
        let payments = routes[0].settings
        #expect(routes[0].methods == ["POST"] && payments.requirement == .required)
        #expect(payments.retention == .seconds(7 * 86_400) && payments.wait == .seconds(5))
        #expect(payments.fingerprint.leavingOut.map(\.string) == ["/client_time", "/trace/id"])
        #expect(payments.statuses.disposition(of: 409, headers: [:]) == .release)
        #expect(payments.statuses.disposition(of: 525, headers: [:]) == .inDoubt)
        #expect(payments.replay.replays("payment-id"))
        #expect(routes[1].settings.scope.source == .headers(["Authorization", "X-Tenant"]))
        #expect(routes[1].settings.scope.anonymous == .refuse)
        #expect(routes[2].settings.key == .query("request_id") && !routes[2].settings.keepsAnswers)
        #expect(routes[3].settings.requirement == .off)
    }

    @Test(
        "A mistake stops the start, and names place, value and what is allowed",
        arguments: [
            ("upstream: ftp://a", ":1: upstream: \"ftp://a\" is not allowed", "http://HOST[:PORT]"),
            ("upstream: http://a\nlease: 5", ":2: lease: \"5\"", "24h"),
            (
                "upstream: http://a\nlease: 10ms", ":2: lease: \"10ms\" is not allowed: it is out of bounds.",
                "from 1s to"
            ),
            ("upstream: http://a\nmax-body: 1MB!", ":2: max-body: ", "1MiB"),
            ("upstream: http://a\ninterrupted: retry", ":2: interrupted: \"retry\"", "hold, rerun, ask:"),
            ("upstream: http://a\nprofile: strip", ":2: profile: \"strip\"", "ietf, stripe"),
            ("upstream: http://a\nscope: cookie", ":2: scope: \"cookie\"", "header:NAME"),
            ("upstream: http://a\nadmin-token: short", ":2: admin-token: ", "16 or more"),
            ("upstream: http://a\nretension: 1h", ":2: \"retension\" is no option. Did you mean retention?", "lease"),
            ("upstream: http://a\nroutes: 5", ":2: routes: A list is expected", "-"),
            (
                "upstream: http://a\nroutes:\n- path: payments", ":3: routes[0].path: \"payments\"",
                "/payments/{id}/capture"
            ),
            ("upstream: http://a\nroutes:\n- key: required", ":3: routes[0]: The path is missing", "path"),
            (
                "upstream: http://a\nroutes:\n- path: /a\n  methods: [GET]", ":4: routes[0].methods: \"GET\"",
                "POST, PATCH"
            ),
            (
                "upstream: http://a\nroutes:\n- path: /a\n  key: always", ":4: routes[0].key: \"always\"",
                "required, optional, off"
            ),
            (
                "upstream: http://a\nroutes:\n- path: /a\n  statuses: [99 store]",
                ":4: routes[0].statuses: \"99 store\"", "in-doubt"
            ),
            (
                "upstream: http://a\nroutes:\n- path: /a\n  interrupted: ask",
                ":4: routes[0].interrupted: There is no URL", "ask:URL"
            ),
            (
                "upstream: http://a\nroutes:\n- path: /a\n  replay-headers: Set-Cookie",
                ":3: routes[0]: Set-Cookie is never", "take it off"
            ),
        ])
    func mistakes(text: String, beginning: String, allowed: String) throws {
        let error = #expect(throws: UsageError.self) { try settings([:], file: text) }
        let message = error?.description ?? ""
        #expect(message.contains(".yaml" + beginning) && message.contains(allowed), "\(message)")
    }

    @Test("A missing upstream is said by its flag")
    func missingUpstream() throws {
        let error = #expect(throws: UsageError.self) { try settings([:]) }
        #expect(error?.description.hasPrefix("--upstream: The upstream is missing") == true)
    }

    @Test("An admin listener that others can reach needs a token")
    func adminToken() throws {
        var flags = ["upstream": ["http://a"], "admin": ["0.0.0.0:9090"]]
        let error = #expect(throws: UsageError.self) { try settings(flags) }
        #expect(error?.description.contains("a token is needed") == true)
        flags["admin-token"] = ["0123456789abcdef"]
        #expect(try settings(flags).adminToken != nil)
    }

    @Test("A secret may be in a file")
    func secretFile() throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "secret-\(UUID())").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        try Data("0123456789abcdef\n".utf8).write(to: URL(fileURLWithPath: path))
        let settings = try settings(["upstream": ["http://a"], "secret": ["file:\(path)"]])
        #expect(settings.configuration.policy.routes.last?.settings.fingerprint.secret != nil)
        #expect(throws: UsageError.self) { try self.settings(["upstream": ["http://a"], "secret": ["file:/nowhere"]]) }
    }

    @Test("Several upstreams, how they are verified, how their health is asked for")
    func upstreams() throws {
        let text = """
            upstream: [https://a:8443, http://b]
            upstream-ca: ca.pem
            upstream-certificate: own.crt
            upstream-key: own.key
            upstream-server-name: payments.internal
            upstream-health: /healthz
            upstream-health-interval: 2s
            upstream-health-rise: 4
            upstream-health-fall: 5
            trusted-proxies: [10.0.0.0/8, "::1"]
            """
        let configuration = try settings([:], file: text).configuration
        #expect(
            configuration.upstreams == [
                Origin(host: "a", port: 8443, isSecure: true), Origin(host: "b", port: 80),
            ])
        var tls = UpstreamTLS()
        tls.authorities = "ca.pem"
        tls.certificate = "own.crt"
        tls.key = "own.key"
        tls.serverName = "payments.internal"
        #expect(configuration.upstreamTLS == tls)
        var check = UpstreamHealthCheck(path: "/healthz")
        check.interval = .seconds(2)
        check.rise = 4
        check.fall = 5
        #expect(configuration.health == check)
        #expect(configuration.trustedProxies.map(\.description) == ["10.0.0.0/8", "::1"])
        let variables = [
            "ONCE_GATEWAY_UPSTREAM": "http://a,http://b", "ONCE_GATEWAY_TRUSTED_PROXIES": "10.0.0.1,10.0.0.2",
        ]
        let fromEnvironment = try settings([:], environment: variables).configuration
        #expect(fromEnvironment.upstreams.count == 2 && fromEnvironment.trustedProxies.count == 2)
        #expect(fromEnvironment.health == nil && fromEnvironment.upstreamTLS == UpstreamTLS())
    }

    @Test(
        "Mistakes about upstreams name the place and what is allowed",
        arguments: [
            ("upstream-health: healthz", "upstream-health: \"healthz\"", "/healthz"),
            ("upstream-health-rise: 0", "upstream-health-rise: \"0\"", "from 1"),
            ("upstream-server-name: 10.0.0.1", "upstream-server-name: \"10.0.0.1\"", "host name"),
            ("upstream-key: own.key", "upstream-key: upstream-certificate and upstream-key", "set both"),
            ("upstream-certificate: own.crt", "upstream-certificate: upstream-certificate and", "set both"),
            ("trusted-proxies: [10.0.0.0/8, proxy]", "trusted-proxies: \"proxy\"", "10.0.0.0/8"),
            ("upstream-verify: false", "\"upstream-verify\" is no option", "upstream-ca"),
        ])
    func upstreamMistakes(line: String, beginning: String, allowed: String) throws {
        let error = #expect(throws: UsageError.self) { try settings([:], file: "upstream: https://a\n\(line)") }
        let message = error?.description ?? ""
        #expect(message.contains(".yaml:2: \(beginning)") && message.contains(allowed), "\(message)")
    }

    @Test("The environment sets everything that a flag does")
    func environment() throws {
        let variables = [
            "ONCE_GATEWAY_UPSTREAM": "http://b:81", "ONCE_GATEWAY_LEASE": "5s", "ONCE_GATEWAY_REQUIRE_KEY": "true",
            "ONCE_GATEWAY_SCOPE": "header:A,header:B", "ONCE_GATEWAY_INTERRUPTED": "ask:http://c/x",
        ]
        let settings = try settings([:], environment: variables)
        let route = try #require(settings.configuration.policy.routes.last?.settings)
        #expect(settings.configuration.upstreams == [Origin(host: "b", port: 81)])
        #expect(route.lease == .seconds(5) && route.requirement == .required)
        #expect(route.scope.source == .headers(["A", "B"]))
        #expect(settings.configuration.interrupted.rule == .reconcile)
    }
}
