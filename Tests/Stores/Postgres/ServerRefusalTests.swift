import Idempotency
import IdempotencyPostgres
import PostgresTestServer
import StoreTestParts
import Testing

/// What a real server refuses in the middle of a round, and at its end.
@Suite struct ServerRefusalTests {
    private func use(
        _ settings: String = "", _ body: (PostgresStore, TestPlace) async throws -> Void
    ) async throws {
        try await SharedServer.withSchema { url, server in
            let place = TestPlace(server: server, url: url)
            let store = try await PostgresStore.test(url + settings) { $0.connections = 1 }
            _ = try await store.exchange(.claim(.test(99), .test(99)))
            try await body(store, place)
            await store.close()
        }
    }

    @Test(
        "Scenario 20: a race that the server lets a round lose is run again, for claims and completions",
        arguments: ["40001", "40P01", "25P02"], [Trouble.Moment.write, .commit])
    func lostRace(sqlState: String, moment: Trouble.Moment) async throws {
        try await use { store, place in
            let trouble = try await Trouble(sqlState, at: moment, times: 3, in: place)
            let claimed = try await store.exchange(.claim(.test(1), .test(1)))
            #expect(claimed.isStored)
            // A write that the machine held up is made again too.
            #expect(try await trouble.met >= 4, "the server was to refuse it three times")
            try await place.execute("SELECT setval('troubled', 1, false)")
            let record = try #require(claimed.record)
            let completed = try await store.exchange(.complete(.test(1), record))
            #expect(completed.isStored)
            #expect(try await trouble.met >= 4)
            #expect(try await store.record(.test(1)).record == completed.record)
            #expect(store.statistics.reconnections == 0)
        }
    }

    @Test("Scenario 20: two rounds that really wait for each other end in a deadlock, and both are applied")
    func deadlock() async throws {
        try await SharedServer.withSchema { url, server in
            let place = TestPlace(server: server, url: url)
            let stores = [
                try await PostgresStore.test(url + "%20-cdeadlock_timeout%3D50ms"),
                try await PostgresStore.test(url + "%20-cdeadlock_timeout%3D50ms"),
            ]
            // Each of the first two takes one of two locks, and then waits for the other one's.
            try await place.execute(
                """
                CREATE SEQUENCE crossed;
                CREATE FUNCTION cross_locks() RETURNS trigger LANGUAGE plpgsql AS $$
                DECLARE place bigint := nextval('crossed');
                BEGIN
                    IF place <= 2 THEN
                        PERFORM pg_advisory_xact_lock('crossed'::regclass::int, place::int);
                        FOR i IN 1..500 LOOP
                            EXIT WHEN (SELECT last_value FROM crossed) >= 2;
                            PERFORM pg_sleep(0.01);
                        END LOOP;
                        PERFORM pg_sleep(0.02);
                        PERFORM pg_advisory_xact_lock('crossed'::regclass::int, 3 - place::int);
                    END IF;
                    RETURN NEW;
                END $$;
                CREATE TRIGGER crossed BEFORE INSERT ON idempotency_records
                    FOR EACH ROW EXECUTE FUNCTION cross_locks();
                """)
            async let one = stores[0].exchange(.claim(.test(1), .test(1)))
            async let two = stores[1].exchange(.claim(.test(2), .test(2)))
            #expect(try await one.isStored)
            #expect(try await two.isStored)
            let calls = try await place.execute("SELECT last_value FROM crossed")
            #expect(calls == "3", "one of the two was to be the victim, once")
            #expect(server.log.contains("deadlock detected"))
            for store in stores { await store.close() }
        }
    }

    @Test(
        "Scenario 20: of a batch only the exchange is refused that the server does not take, and nothing is left",
        arguments: [("53100", StoreError.Code.full), ("53200", .full), ("P0001", .unavailable), ("23514", .misuse)],
        [Trouble.Moment.write, .commit])
    func isolation(refusal: (sqlState: String, code: StoreError.Code), moment: Trouble.Moment) async throws {
        try await use { store, place in
            let poisoned = RecordID.test(25)
            let trouble = try await Trouble(
                refusal.sqlState, at: moment, times: 1000, where: "NEW.id = '\\x\(poisoned.digest)'",
                in: place)
            let answers = await store.exchangeTogether((0..<40).map { .claim(.test($0), .test($0)) })
            #expect(answers.count == 40)
            for (number, answer) in answers.enumerated() where number != 25 { #expect(try answer.get().isStored) }
            let error = #expect(throws: StoreError.self) { try answers[25].get() }
            #expect(error?.code == refusal.code)
            #expect(error?.effect == .notApplied)
            #expect(try await trouble.met >= 2, "it was to fail with others before it failed alone")
            #expect(try await store.record(poisoned).record == nil)
            try await place.execute("ALTER TABLE idempotency_records DISABLE TRIGGER trouble")
            let again = try await store.exchange(.claim(poisoned, .test(25)))
            #expect(again.isStored)
            #expect(try await store.exchange(.complete(poisoned, try #require(again.record))).isStored)
        }
    }

    @Test("Scenario 20: a race that is lost again and again by one key is refused to that key alone")
    func endlessRace() async throws {
        try await use { store, place in
            let restless = RecordID.test(25)
            let trouble = try await Trouble(
                "40001", times: 1000, where: "NEW.id = '\\x\(restless.digest)'", in: place)
            let answers = await store.exchangeTogether((0..<40).map { .claim(.test($0), .test($0)) })
            for (number, answer) in answers.enumerated() where number != 25 { #expect(try answer.get().isStored) }
            let error = #expect(throws: StoreError.self) { try answers[25].get() }
            #expect(error?.code == .unavailable)
            #expect(error?.effect == .notApplied)
            #expect(error?.message.contains("lost a race") == true, "\(error?.message ?? "")")
            #expect(try await trouble.met <= 20)
        }
    }

    @Test("Scenario 20: a server that sends away every time, and keeps the session, is not asked for ever")
    func sentAway() async throws {
        try await use { store, place in
            let trouble = try await Trouble("57P03", times: 1000, in: place)
            let error = await #expect(throws: StoreError.self) {
                _ = try await store.exchange(.claim(.test(1), .test(1)))
            }
            #expect(error?.code == .unavailable)
            #expect(error?.effect == .notApplied)
            #expect((2...8).contains(try await trouble.met))
            try await place.execute("ALTER TABLE idempotency_records DISABLE TRIGGER trouble")
            #expect(try await store.exchange(.claim(.test(1), .test(1))).isStored)
        }
    }

    @Test("Scenario 20: where the server says that it does not know what became of a round, that is read back")
    func unknownCompletion() async throws {
        try await use { store, place in
            let trouble = try await Trouble("40003", at: .commit, times: 1, in: place)
            let claimed = try await store.exchange(.claim(.test(1), .test(1)))
            #expect(claimed.isStored)
            #expect(try await trouble.met == 2)
            #expect(store.statistics.reconnections == 1, "only another session can tell")
            // A release leaves nothing by which it could be told.
            try await place.execute(
                """
                CREATE FUNCTION forget() RETURNS trigger LANGUAGE plpgsql AS $$
                BEGIN RAISE EXCEPTION 'planned' USING ERRCODE = '40003'; END $$;
                CREATE TRIGGER forget BEFORE DELETE ON idempotency_records FOR EACH ROW EXECUTE FUNCTION forget();
                """)
            let error = await #expect(throws: StoreError.self) {
                _ = try await store.exchange(Exchange(.test(1), expecting: .running(.test(1)), next: nil))
            }
            #expect(error?.effect == .unknown)
        }
    }

    @Test("Scenario 20: a server that lets nobody write any more is refused soon, and used again when it does")
    func readOnly() async throws {
        try await SharedServer.withDatabase { name, server in
            let store = try await PostgresStore.test(server.url(database: name)) {
                $0.requestTimeout = .milliseconds(1500)
            }
            let held = try await store.exchange(.claim(.test(1), .test(1)))
            // Services do that to a server whose disk is nearly full.
            try await server.execute("ALTER DATABASE \(name) SET default_transaction_read_only = on")
            let opening = await #expect(throws: StoreError.self) {
                await (try PostgresStore.test(server.url(database: name))).close()
            }
            #expect(opening?.message.contains("default_transaction_read_only") == true, "\(opening?.message ?? "")")
            try await server.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '\(name)'")
            let refused = await #expect(throws: StoreError.self) {
                _ = try await store.exchange(.claim(.test(2), .test(2)))
            }
            #expect(refused?.code == .unavailable)
            #expect(refused?.effect == .notApplied)
            #expect(refused?.message.contains("default_transaction_read_only") == true, "\(refused?.message ?? "")")
            await #expect(throws: StoreError.self) { _ = try await store.sweep(limit: 10) }
            try await server.execute("ALTER DATABASE \(name) RESET default_transaction_read_only")
            let record = try #require(held.record)
            try await eventually("the store writes again") {
                (try? await store.exchange(.complete(.test(1), record)).isStored) == true
            }
            await store.close()
        }
    }

    @Test("Scenario 20: a table that was altered under a prepared statement has it prepared anew")
    func alteredTable() async throws {
        try await use { store, place in
            let claimed = try await store.exchange(.claim(.test(1), .test(1)))
            _ = try await store.exchange(.claim(.test(1), .test(2)))
            _ = try await store.record(.test(1))
            try await place.execute("ALTER TABLE idempotency_records ALTER COLUMN label_key TYPE varchar COLLATE \"C\"")
            #expect(try await store.exchange(.claim(.test(1), .test(2))).record == claimed.record)
            #expect(try await store.record(.test(1)).record == claimed.record)
            #expect(try await store.exchange(.complete(.test(1), try #require(claimed.record))).isStored)
            #expect(store.statistics.reconnections == 1)
        }
    }

    @Test(
        "Rows that take their time make a batch late: they are stored one by one, and one that alone is late is refused"
    )
    func late() async throws {
        try await use { store, place in
            try await place.execute(
                """
                CREATE FUNCTION take_time() RETURNS trigger LANGUAGE plpgsql AS $$
                BEGIN
                    PERFORM pg_sleep(CASE NEW.label_key WHEN 'slow' THEN 0.25 ELSE 0.025 END);
                    RETURN NEW;
                END $$;
                CREATE TRIGGER slow BEFORE INSERT ON idempotency_records FOR EACH ROW EXECUTE FUNCTION take_time();
                """)
            let claims = (1...10).map { Exchange.claim(.test($0), .test($0)) }
            let answers = await store.exchangeTogether(claims)
            #expect(try answers.map { try $0.get().isStored } == claims.map { _ in true })

            let draft = Draft(
                claiming: .test(1), owner: .test(1), lease: .seconds(30), label: Label(key: "slow"))
            let error = await #expect(throws: StoreError.self) {
                try await store.exchange(Exchange(.test(11), expecting: .vacant, next: draft))
            }
            #expect(error?.code == .unavailable)
            #expect(error?.effect == .notApplied)
            #expect(error?.message.contains("held the write up") == true)
            #expect(try await store.record(.test(11)).record == nil)
        }
    }
}
