import Idempotency
import IdempotencyTestKit
import NIOCore
import RedisTestParts
import StoreTestParts
import Testing

@testable import IdempotencyRedis

/// The store in a cluster of six processes.
@Suite struct ClusterTests {
    @Test("The suite that every store passes, but for what waits, on two instances in a cluster")
    func conformance() async throws {
        let cluster = try await RedisCluster.start()
        var effort = ConformanceEffort()
        effort.shortRetention = .milliseconds(200)
        // The single server is tried harder; here it is about the ways through the cluster.
        effort.histories = 1
        effort.steps = 150
        effort.crowd = 60
        effort.largestPayload = 1 << 16
        let checks = StoreConformance.checks.filter {
            !$0.abilities.contains(.sweeping) && !$0.name.contains("xpir") && !$0.name.contains("in every state")
        }
        #expect(checks.count > 30)
        for (number, check) in checks.enumerated() {
            try await StoreConformance(effort: effort) { body in
                let stores = [
                    try await cluster.open { $0.prefix = "check-\(number)" },
                    try await cluster.open { $0.prefix = "check-\(number)" },
                ]
                try await body(stores)
                for store in stores { await store.close() }
            }.run(check)
        }
    }

    @Test("All keys are counted, and those of each scope, whichever node they lie in")
    func usage() async throws {
        let cluster = try await RedisCluster.start()
        let store = try await cluster.open()
        for number in 0..<100 { try await store.execute(number) }
        #expect(try await store.counts() == RecordCounts(completed: 100))
        for primary in cluster.primaries() { #expect(try primary.send("DBSIZE").number ?? 0 > 10) }
        var usage = StoreUsage()
        var cursor: UInt64?
        repeat {
            let page = try await store.usage(after: cursor, limit: 10)
            usage += page.scopes[""] ?? StoreUsage()
            cursor = page.next
        } while cursor != nil
        #expect(usage.keys == 100)
        await store.close()
    }

    @Test("A walk sees the keys of all nodes, and begins anew when slots have moved meanwhile")
    func walk() async throws {
        let cluster = try await RedisCluster.start()
        let store = try await cluster.open()
        for number in 0..<60 { try await store.execute(number) }
        let all = Set((0..<60).map { RecordID.test($0) })
        let whole = try await store.wholeWalk()
        #expect(whole.seen == all && whole.beginnings == 1)
        let primaries = cluster.primaries()
        let number = try #require(try primaries[0].send("CLUSTER", "MYID").text)
        // A slot that no key of the test is in.
        let used = Set(all.map { Slot.of("once:\($0)".utf8) })
        let place = try #require(try await store.walk(from: nil, limit: 5).next)
        let topology = try #require(
            Topology(try primaries[0].send("CLUSTER", "SLOTS"), asked: ServerAddress(host: "127.0.0.1", port: 1)))
        let slot = try #require(
            (0..<Slot.count).first { slot in
                !used.contains(slot) && topology.primary(of: slot)?.port == primaries[1].port
                    && slot != topology.lowestSlot(of: ServerAddress(host: "127.0.0.1", port: primaries[1].port))
            })
        for node in primaries { try node.send("CLUSTER", "SETSLOT", "\(slot)", "NODE", number) }
        for _ in 0..<400 where try await store.walk(from: place, limit: 5).isFirst == false {
            // A key of that slot meets the wrong node, which makes the store learn the new table.
            _ = await store.failure(.claim(.inSlot(slot), .test(1)))
            try await Task.sleep(for: .milliseconds(20))
        }
        let again = try await store.wholeWalk(from: place)
        #expect(again.seen.isSuperset(of: all) && again.beginnings == 1)
        await store.close()
    }

    @Test("Scenario 28: a slot that moves while it is used is followed, and no key is lost or granted twice")
    func movingSlot() async throws {
        let cluster = try await RedisCluster.start()
        let store = try await cluster.open()
        let id = RecordID.test(1)
        let key = "once:\(id)"
        let slot = Slot.of(key.utf8)
        let primaries = cluster.primaries()
        let numbers = try primaries.map { try #require(try $0.send("CLUSTER", "MYID").text) }
        let sourceIndex = try #require(
            primaries.firstIndex {
                (try? $0.send("CLUSTER", "COUNTKEYSINSLOT", "\(slot)")) != nil
                    && (try? $0.send("GET", key))?.isError == false
            })
        let targetIndex = sourceIndex == 0 ? 1 : 0
        let (source, target) = (primaries[sourceIndex], primaries[targetIndex])
        let record = try #require(try await store.exchange(.claim(id, .test(1))).record)
        try target.send("CLUSTER", "SETSLOT", "\(slot)", "IMPORTING", numbers[sourceIndex])
        try source.send("CLUSTER", "SETSLOT", "\(slot)", "MIGRATING", numbers[targetIndex])
        // The key is still where it was.
        #expect(try await store.exchange(.claim(id, .test(2))).record == record)
        try source.send("MIGRATE", "127.0.0.1", "\(target.port)", key, "0", "5000")
        // Now the old node says where to ask (ASK).
        #expect(try await store.exchange(.claim(id, .test(2))).record == record)
        #expect(try await store.exchange(.complete(id, record)).isStored)
        for node in primaries { try node.send("CLUSTER", "SETSLOT", "\(slot)", "NODE", numbers[targetIndex]) }
        // And now it says where the key lives (MOVED).
        for _ in 0..<20 {
            #expect(try await store.exchange(.claim(id, .test(3))).record?.owner == .test(1))
        }
        #expect(try target.send("GET", key).isError == false)
        await store.close()
    }

    @Test("Scenario 27: when a primary is killed its replica takes over, and the store goes on")
    func failover() async throws {
        let cluster = try await RedisCluster.start()
        let store = try await cluster.open()
        for number in 0..<60 { try await store.execute(number) }
        let primaries = cluster.primaries()
        try await Task.sleep(for: .milliseconds(300))
        primaries[1].crash()
        for number in 60..<120 {
            var isDone = false
            for _ in 0..<400 where !isDone {
                // An unknown claim is repeated, and recognised by its owner.
                if let reply = try? await store.exchange(.claim(.test(number), .test(number))) {
                    isDone = reply.record?.owner == .test(number)
                } else {
                    try await Task.sleep(for: .milliseconds(50))
                }
            }
            #expect(isDone, "key \(number)")
        }
        for number in 0..<60 {
            #expect(try await store.record(.test(number)).record != nil, "key \(number)")
        }
        await store.close()
    }

    @Test("A database other than 0 is refused, as a cluster has none")
    func databases() async throws {
        let error = await #expect(throws: StoreError.self) {
            var configuration = RedisStore.Configuration()
            configuration.database = 1
            _ = try await RedisStore.open(
                .cluster([.init(host: "127.0.0.1", port: 1)]), configuration: configuration, logger: silent)
        }
        #expect(error?.code == .misuse)
    }
}
