import Idempotency
import Testing

@testable import IdempotencyRedis

/// Which servers are refused at start, and what is said of the others.
@Suite struct StartupCheckTests {
    private func facts(
        _ info: String = "", settings: [String: String] = [:], hides: Bool = false
    ) -> StartupCheck.Facts {
        var facts = StartupCheck.Facts()
        facts.report = ServerReport("# Server\r\nredis_version:7.0.15\r\nrole:master\r\n" + info)
        facts.settings = settings
        facts.hidesSettings = hides
        return facts
    }

    private func check(
        _ facts: StartupCheck.Facts, _ change: (inout RedisStore.Configuration) -> Void = { _ in }
    ) throws(StoreError) -> Durability {
        var configuration = RedisStore.Configuration()
        change(&configuration)
        return try StartupCheck(configuration: configuration).durability(facts)
    }

    @Test(
        "Scenario 26: every eviction policy but noeviction is refused while memory is limited, unless it is accepted",
        arguments: ["allkeys-lru", "allkeys-lfu", "allkeys-random", "volatile-lru", "volatile-ttl", "volatile-random"])
    func eviction(policy: String) throws {
        let limited = facts(settings: ["maxmemory": "8388608", "maxmemory-policy": policy, "appendfsync": "always"])
        let error = #expect(throws: StoreError.self) { try check(limited) }
        #expect(error?.code == .misuse)
        #expect(error?.message.contains(policy) == true)
        _ = try check(limited) { $0.acceptsEviction = true }
        _ = try check(facts(settings: ["maxmemory": "0", "maxmemory-policy": policy]))
        _ = try check(facts(settings: ["maxmemory": "8388608", "maxmemory-policy": "noeviction"]))
    }

    @Test("Where CONFIG is refused, INFO tells the policy, and the rest has to be accepted")
    func hiddenSettings() throws {
        let info = "maxmemory:8388608\r\nmaxmemory_policy:noeviction\r\n"
        #expect(throws: StoreError.self) { try check(facts(info, hides: true)) }
        let durability = try check(facts(info, hides: true)) { $0.acceptsHiddenSettings = true }
        #expect(durability == Durability(disk: .unknown))
        let evicting = "maxmemory:8388608\r\nmaxmemory_policy:allkeys-lru\r\n"
        #expect(throws: StoreError.self) {
            try check(facts(evicting, hides: true)) { $0.acceptsHiddenSettings = true }
        }
    }

    @Test("A replica, an old version and a server that is loading are refused")
    func others() throws {
        var replica = facts()
        replica.report = ServerReport("redis_version:7.0.15\r\nrole:slave")
        #expect(throws: StoreError.self) { try check(replica) }
        for (version, isRefused) in [("6.0.16", true), ("6.2.0", false), ("7.2.4", false), ("10.0.0", false)] {
            var facts = facts(settings: ["maxmemory-policy": "noeviction"])
            facts.report = ServerReport("redis_version:\(version)\r\nrole:master")
            if isRefused {
                #expect(throws: StoreError.self) { try check(facts) }
            } else {
                _ = try check(facts)
            }
        }
        let loading = #expect(throws: StoreError.self) { try check(facts("loading:1\r\n")) }
        #expect(loading?.code == .unavailable)
    }

    @Test("The promise follows from how the server writes to its disk, and from the replicas")
    func durability() throws {
        let cases: [(String, String?, String?, Durability.Disk, Bool)] = [
            ("aof_enabled:1", "always", "", .everyWrite, false), ("aof_enabled:1", "everysec", "", .everySecond, true),
            ("aof_enabled:1", "no", "", .systemDecides, true), ("aof_enabled:0", "always", "3600 1", .snapshots, true),
            ("aof_enabled:0", "always", "", .never, true), ("aof_enabled:1", nil, nil, .unknown, true),
            ("aof_enabled:0", nil, nil, .unknown, true),
        ]
        var promises: Set<String> = []
        for (info, appendFsync, save, disk, isWeak) in cases {
            let report = ServerReport(info)
            let durability = Durability(report, appendFsync: appendFsync, save: save, replicas: 0)
            #expect(durability.disk == disk)
            #expect(durability.isWeak == isWeak)
            promises.insert(durability.promise)
            let replicated = Durability(report, appendFsync: appendFsync, save: save, replicas: 1)
            #expect(!replicated.isWeak)
            #expect(replicated.promise.contains("1 replica "))
        }
        #expect(promises.count == 6)
    }
}
