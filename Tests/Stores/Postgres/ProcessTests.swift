import Idempotency
import IdempotencyPostgres
import PostgresTestServer
import StoreTestParts
import Testing

/// Several processes on one table, and a server that dies.
@Suite struct ProcessTests {
    private func id(_ key: Int) -> RecordID {
        RecordID(Digest(UInt64(key) &* 0x9E37_79B9_7F4A_7C15, UInt64(key), 0, 0))
    }

    @Test("Three busy processes: every key has one winner")
    func races() async throws {
        try await PostgresStore.use { stores, place in
            let keys = 2000
            let peers = try (1...3).map { try Peer("race", place.url, "\($0)", "\(keys)") }
            var won: [Int] = []
            for peer in peers { won.append(Int(await peer.line() ?? "") ?? -1_000_000) }
            for peer in peers { await peer.finish() }
            #expect(won.reduce(0, +) == keys, "\(won)")
        }
    }

    @Test("The running record of a killed process keeps its lease: nobody can know what it had begun")
    func orphans() async throws {
        try await PostgresStore.use { stores, place in
            let peer = try Peer("hold", place.url, "7")
            #expect(await peer.line() == "held")
            await peer.kill()
            let after = try await stores[0].exchange(.claim(id(7), .test(2)))
            #expect(try #require(after.record).hasLiveLease(at: after.now))
        }
    }

    @Test("A server that is killed under load, again and again, loses nothing that was acknowledged")
    func killedServer() async throws {
        let server = try await PostgresServer.start()
        let store = try await PostgresStore.test(server.url())
        let peer = try Peer("write", server.url(), "0", "16")
        var claimed: Set<Int> = []
        var completed: Set<Int> = []
        var others: [String] = []
        for round in 1...3 {
            while completed.count < round * 300, let line = await peer.line() {
                let words = line.split(separator: " ")
                switch words.first {
                case "claimed": claimed.insert(Int(words[1]) ?? -1)
                case "completed": completed.insert(Int(words[1]) ?? -1)
                default: others.append(line)
                }
            }
            await server.kill()
            try await server.launch()
        }
        await peer.kill()
        // Exchanges that were under way were made again over new connections, or were refused with what is known.
        #expect(others.allSatisfy { $0.hasPrefix("failed") }, "\(others.prefix(3))")
        #expect(completed.count >= 900)
        for key in claimed {
            let found = try await store.record(id(key)).record
            if completed.contains(key) {
                guard case .completed = found?.state else {
                    Issue.record(
                        "an acknowledged completion of key \(key) is gone: \(found.map { "\($0.state)" } ?? "nothing")")
                    continue
                }
            } else {
                #expect(found != nil, "an acknowledged claim of key \(key) is gone")
            }
        }
        await store.close()
        await server.remove()
    }
}
