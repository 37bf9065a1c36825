import Idempotency
import IdempotencyPostgres
import PostgresTestServer
import StoreTestParts
import Testing

/// A server that promises too little, or tables that cannot be used, are refused with words that name them.
@Suite struct OpeningTests {
    private func refusal(
        _ url: String, _ change: (inout PostgresStore.Configuration) -> Void = { _ in }
    ) async -> StoreError? {
        let error = await #expect(throws: StoreError.self) { await (try PostgresStore.test(url, change)).close() }
        #expect(error?.effect == .notApplied)
        return error
    }

    @Test("A new table promises the disk of one server, and says so in one line")
    func promise() async throws {
        try await PostgresStore.use { stores, _ in
            #expect(stores[0].durability.level == .singleNode)
            #expect(stores[0].durability.description.contains("outlives a crash and a power cut"))
            #expect(!stores[0].durability.description.contains("\n"))
        }
    }

    @Test("A server that syncs nothing is refused, unless that is accepted")
    func noSync() async throws {
        let server = try await PostgresServer.start(["fsync": "off"])
        let error = await refusal(server.url())
        #expect(error?.code == .misuse)
        #expect(error?.message.contains("fsync=on") == true, "\(error?.message ?? "")")
        #expect(error?.message.contains("fsync-off") == true)
        let store = try await PostgresStore.test(server.url()) { $0.accepted = [.noSync] }
        #expect(store.durability.level == .weak)
        #expect(store.durability.weaknesses == [.noSync])
        #expect(try await store.exchange(.claim(.test(1), .test(1))).isStored)
        await store.close()
        await server.remove()
    }

    @Test("A role whose commits wait for nothing is refused, unless that is accepted or set right")
    func asynchronousCommit() async throws {
        try await SharedServer.withSchema { url, server in
            let url = url + "%20-csynchronous_commit%3Doff"
            #expect(await refusal(url)?.message.contains("synchronous_commit=off") == true)
            for change in [
                { $0.accepted = [.asynchronousCommit] }, { $0.synchronousCommit = .local },
            ] as [(inout PostgresStore.Configuration) -> Void] {
                let store = try await PostgresStore.test(url, change)
                #expect(try await store.exchange(.claim(.test(1), .test(1))).record != nil)
                await store.close()
            }
        }
    }

    @Test("An unlogged table is refused, unless that is accepted")
    func unloggedTable() async throws {
        try await PostgresStore.use { _, place in
            try await place.execute("ALTER TABLE idempotency_records SET UNLOGGED")
            #expect(await refusal(place.url)?.message.contains("unlogged") == true)
            let store = try await PostgresStore.test(place.url) { $0.accepted = [.unloggedTable] }
            #expect(store.durability.level == .weak)
            await store.close()
        }
    }

    @Test("Scenario 24: a standby is refused, also one that was opened as a primary")
    func standby() async throws {
        let primary = try await PostgresServer.start()
        let standby = try await primary.standby()
        let error = await refusal(standby.url())
        #expect(error?.code == .unavailable)
        #expect(error?.message.contains("standby") == true, "\(error?.message ?? "")")
        // Of both, the one that takes writes is found.
        let both = standby.url().replacing(
            "127.0.0.1:\(standby.port)", with: "127.0.0.1:\(standby.port),127.0.0.1:\(primary.port)")
        let store = try await PostgresStore.test(both)
        #expect(try await store.exchange(.claim(.test(1), .test(1))).isStored)
        await store.close()
        await standby.remove()
        await primary.remove()
    }

    @Test("Scenario 24: of several servers the one is taken that the address asks for, but never a standby")
    func targetSessionAttributes() async throws {
        let primary = try await PostgresServer.start()
        await (try PostgresStore.test(primary.url())).close()
        let standby = try await primary.standby()
        let both = standby.url().replacing(
            "127.0.0.1:\(standby.port)", with: "127.0.0.1:\(standby.port),127.0.0.1:\(primary.port)")
        for (number, kind) in ["read-write", "primary", "prefer-standby", "standby", "read-only", "any"].enumerated() {
            let url = "\(both)&target_session_attrs=\(kind)"
            guard number < 2 else {
                let error = await refusal(url)
                #expect(error?.code == .unavailable)
                #expect(error?.message.contains("is a standby") == true, "\(kind): \(error?.message ?? "")")
                #expect(error?.message.contains("target_session_attrs=primary") == true)
                continue
            }
            let store = try await PostgresStore.test(url)
            #expect(try await store.exchange(.claim(.test(number), .test(number))).isStored, "\(kind)")
            await store.close()
        }
        // One that is not what the address asks for is not used; libpq says what it is.
        for (server, kind, what) in [
            (standby, "read-write", "read-only"), (standby, "primary", "hot standby"), (primary, "standby", "standby"),
        ] {
            let error = await refusal("\(server.url())&target_session_attrs=\(kind)")
            #expect(error?.code == .unavailable)
            #expect(error?.message.contains(what) == true, "\(error?.message ?? "")")
        }
        await standby.remove()
        await primary.remove()
    }

    @Test("Tables of a newer version are refused, those that say that they may be used are not")
    func newerTables() async throws {
        try await PostgresStore.use { _, place in
            try await place.execute("INSERT INTO idempotency_schema (version, usable_from) VALUES (99, 1)")
            await (try PostgresStore.test(place.url)).close()
            try await place.execute("UPDATE idempotency_schema SET usable_from = 99 WHERE version = 99")
            let error = await refusal(place.url)
            #expect(error?.code == .misuse)
            #expect(error?.message.contains("version 99") == true, "\(error?.message ?? "")")
        }
    }

    @Test("Where tables are not to be made, missing ones are refused, and those that are there are used")
    func noMigrations() async throws {
        try await SharedServer.withSchema { url, _ in
            #expect(await refusal(url) { $0.migrates = false }?.message.contains("missing") == true)
            await (try PostgresStore.test(url)).close()
            await (try PostgresStore.test(url) { $0.migrates = false }).close()
        }
    }

    @Test("A server that is not there is named, without the password")
    func unreachable() async throws {
        let port = try PostgresServer.freePort()
        let error = await refusal("postgres://me:secret@127.0.0.1:\(port)/db")
        #expect(error?.code == .unavailable)
        #expect(error?.message.contains("127.0.0.1:\(port)") == true, "\(error?.message ?? "")")
        #expect(error?.description.contains("secret") == false)
        let unreadable = await refusal("postgres://me:secret@127.0.0.1/db?nonsense=1")
        #expect(unreadable?.code == .misuse)
        #expect(unreadable?.description.contains("secret") == false)
    }

    @Test("Eight openers at the same time all succeed, and make the tables once")
    func concurrentOpeners() async throws {
        try await SharedServer.withSchema { url, server in
            let stores = try await withThrowingTaskGroup(of: PostgresStore.self) { group in
                for _ in 0..<8 { group.addTask { try await PostgresStore.test(url) } }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            for (number, store) in stores.enumerated() {
                #expect(try await store.exchange(.claim(.test(number), .test(number))).isStored)
            }
            #expect(try await stores[0].counts().running == 8)
            for store in stores { await store.close() }
        }
    }

    @Test("The table may be made in hash partitions; all is as without them")
    func partitions() async throws {
        try await PostgresStore.use(2, { $0.partitions = 4 }) { stores, place in
            for number in 0..<40 {
                let claim = try await stores[0].exchange(.claim(.test(number), .test(number)))
                let record = try #require(claim.record)
                _ = try await stores[1].exchange(.complete(.test(number), record, retention: .milliseconds(1)))
            }
            #expect(
                try await place.execute(
                    "SELECT count(*) FROM pg_inherits WHERE inhparent = 'idempotency_records'::regclass") == "4")
            #expect(try await stores[0].usage(after: nil, limit: 10_000).next == nil)
            try await eventually("all have expired") { try await stores[1].sweep(limit: 7) < 7 }
            #expect(try await place.execute("SELECT count(*) FROM idempotency_records") == "0")
        }
    }
}
