import IdempotencyRedis
import Logging
import Testing

@testable import OnceTools

@Suite("URLs of Redis stores")
struct RedisAddressTests {
    @Test("Host, port and database are read, and have their usual values")
    func places() throws {
        #expect(try RedisAddress("//h", tls: false).servers == .server(host: "h", port: 6379))
        let full = try RedisAddress("//[::1]:7000/3", tls: false)
        #expect(full.servers == .server(host: "::1", port: 7000))
        #expect(full.configuration.database == 3)
        #expect(try RedisAddress("//10.0.0.1:1/", tls: false).servers == .server(host: "10.0.0.1", port: 1))
    }

    @Test("User and password are read, with what is escaped in them, and are not told again")
    func credentials() throws {
        let both = try RedisAddress("//once:p%40ss:w%2Ford@h:1", tls: false)
        #expect(both.configuration.user == "once")
        #expect(both.configuration.password == "p@ss:w/ord")
        let one = try RedisAddress("//:pw@h", tls: false)
        #expect(one.configuration.user == nil)
        #expect(one.configuration.password == "pw")
        #expect(try StoreURL("redis://once:secret@h:1/0?prefix=a").description == "redis://once@h:1/0?prefix=a")
        #expect(try StoreURL("rediss://h:1").description == "rediss://h:1")
    }

    @Test("Several hosts are sentinels or nodes of a cluster")
    func several() throws {
        let addresses = [RedisStore.Servers.Address(host: "a", port: 26_379), .init(host: "b", port: 5)]
        let sentinels = try RedisAddress("//a,b:5/1?sentinel=main", tls: false)
        #expect(sentinels.servers == .sentinels(addresses, primary: "main"))
        let nodes = try RedisAddress("//a:7001,b:7002?cluster=yes", tls: false)
        #expect(nodes.servers == .cluster([.init(host: "a", port: 7001), .init(host: "b", port: 7002)]))
    }

    @Test("Every option is taken over")
    func options() throws {
        let query =
            "prefix=shop&eviction=accepted&settings=hidden&persistence=weak&quarantine=24h&timeout=3s&replicas=2"
            + "&replica-timeout=200ms&server-name=redis.example&sentinel-user=s"
        let configuration = try RedisAddress("//h?" + query, tls: true).configuration
        #expect(configuration.prefix == "shop")
        #expect(configuration.acceptsEviction && configuration.acceptsHiddenSettings)
        #expect(configuration.acceptsWeakPersistence)
        #expect(configuration.quarantine == .seconds(86_400))
        #expect(configuration.timeout == .seconds(3))
        #expect(configuration.replicas == .init(2, within: .milliseconds(200)))
        #expect(configuration.tlsServerName == "redis.example")
        #expect(configuration.sentinelUser == "s")
    }

    @Test(
        "What is not allowed is refused with what is",
        arguments: [
            ("h", "redis://127.0.0.1:6379"), ("//", "a host is missing"), ("//h:0", "1 to 65535"),
            ("//h:x", "1 to 65535"), ("//h/a", "is no database"), ("//a,b", "?sentinel=NAME or ?cluster=yes"),
            ("//a?cluster=maybe", "Allowed: yes, no"), ("//a?sentinel=m&cluster=yes", "do not go together"),
            ("//h?prefx=a", "Did you mean prefix?"), ("//h?prefix", "prefix needs a value"),
            ("//h?prefix=a&prefix=b", "said twice"), ("//h?eviction=yes", "Allowed: accepted, refused"),
            ("//h?replicas=0", "a number from 1 on"), ("//h?replica-timeout=1s", "needs replicas=NUMBER"),
            ("//h?quarantine=1", "quarantine: \"1\" is not allowed"), ("//h?ca=x", "ca needs rediss://"),
            ("//h?certificate=x", "certificate and key go together"), ("//a%zz:b@h", "two hexadecimal digits"),
        ])
    func refused(rest: String, reason: String) {
        let error = #expect(throws: UsageError.self) { _ = try RedisAddress(rest, tls: false) }
        #expect(error?.description.contains(reason) == true, "\(error?.description ?? "")")
    }

    @Test("A password file that is not there is named")
    func passwordFile() async throws {
        let url = try StoreURL("redis://127.0.0.1:1?password-file=/nowhere/pw")
        let logger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
        let error = await #expect(throws: UsageError.self) {
            _ = try await url.open(for: .maintaining, logger: logger)
        }
        #expect(error?.description.contains("/nowhere/pw") == true)
    }
}
