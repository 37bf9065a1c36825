import Idempotency

/// Finds out what a server promises, and refuses one that promises too little.
struct ServerCheck {
    let configuration: PostgresStore.Configuration
    let address: ServerAddress

    /// Settings of every session: bounds on waiting, and plans that do not depend on how large the table was when it
    /// was last counted.
    private var bounds: [String: String] {
        var settings = [
            "lock_timeout": "'\(configuration.lockTimeout.wholeMilliseconds)'",
            "statement_timeout": "'\(configuration.requestTimeout.wholeMilliseconds)'",
            "idle_in_transaction_session_timeout": "'\(configuration.requestTimeout.wholeMilliseconds)'",
            "default_transaction_isolation": "'read committed'",
        ]
        if let commit = configuration.synchronousCommit { settings["synchronous_commit"] = "'\(commit.rawValue)'" }
        return settings
    }

    /// For the hot path: always by index, planned once, never compiled.
    private static let plans = [
        "enable_seqscan": "'off'", "enable_hashjoin": "'off'", "enable_mergejoin": "'off'", "enable_material": "'off'",
        "jit": "'off'", "plan_cache_mode": "'force_generic_plan'",
    ]

    /// Makes the settings: of the transaction, or of the session.
    private func settings(isForExchanges: Bool) -> Statement {
        let isLocal = configuration.pooling == .transaction
        let all = bounds.merging(isForExchanges ? Self.plans : [:]) { $1 }.sorted { $0.key < $1.key }
            .map { "set_config('\($0.key)', \($0.value), \(isLocal))" }
        return Statement("once_setup", "SELECT \(all.joined(separator: ", "))")
    }

    private static let facts = """
        SELECT pg_is_in_recovery(), current_setting('fsync') = 'on', current_setting('synchronous_commit'),
            current_setting('synchronous_standby_names'), current_setting('server_encoding'),
            current_setting('server_version_num')::bigint, pg_postmaster_start_time()::text,
            coalesce((SELECT backend_start::text FROM pg_stat_activity WHERE pid = pg_backend_pid()), ''),
            coalesce(to_regclass('idempotency_records')::oid::bigint, 0),
            EXISTS (SELECT FROM pg_class WHERE relpersistence <> 'p' AND (oid = to_regclass('idempotency_records')
                OR oid IN (SELECT inhrelid FROM pg_inherits WHERE inhparent = to_regclass('idempotency_records')))),
            current_setting('transaction_read_only') = 'on'
        """

    /// Sets the session up, and finds out where it leads.
    ///
    /// - Parameters:
    ///   - connection: A new connection.
    ///   - isForExchanges: Whether the statements of the hot path are to be planned for it.
    /// - Throws: `StoreError` when the server must not be used, `PostgresFailure` when it cannot.
    func prepare(
        _ connection: Connection, isForExchanges: Bool, until deadline: ContinuousClock.Instant
    ) throws -> PostgresStore.Durability {
        let settings = settings(isForExchanges: isForExchanges)
        let facts = try facts(connection, settings, until: deadline)
        guard facts.boolean(0, 0) == false else {
            throw refusal(
                "is a standby, which cannot be written and may lag behind; name the primary, or all servers with "
                    + "target_session_attrs=primary", .unavailable)
        }
        guard facts.boolean(0, 10) == false else {
            throw refusal(
                "lets this user read only (default_transaction_read_only=on, which some services set while the disk is "
                    + "full); set it off", .unavailable)
        }
        guard facts.text(0, 4) == "UTF8" else {
            throw refusal(
                "has the encoding \(facts.text(0, 4) ?? "?") in this database; make one with ENCODING 'UTF8'")
        }
        guard let version = facts.integer(0, 5), version >= 140_000 else {
            throw refusal("is older than PostgreSQL 14; allowed are 14 and later")
        }
        connection.session.serverStart = facts.text(0, 6) ?? ""
        connection.session.begin = facts.text(0, 7) ?? ""
        connection.session.table = facts.integer(0, 8) ?? 0
        return try durability(facts)
    }

    /// Finds out which session the connection leads to, and how.
    func identify(_ connection: Connection, until deadline: ContinuousClock.Instant) throws(PostgresFailure) {
        let process = try connection.run(Self.process, until: deadline).integer(0, 0) ?? 0
        connection.session.process = process
        guard process != connection.announcedProcess else { return }
        connection.session.path = .pooled(mark: .random(in: 1 ... .max))
    }

    /// The session, as the server itself calls it; under no name, as it may be anybody's.
    static let process = Statement("", "SELECT pg_backend_pid()::bigint")

    /// Sets the session or the transaction up, and looks.
    private func facts(
        _ connection: Connection, _ settings: Statement, until deadline: ContinuousClock.Instant
    ) throws -> QueryResult {
        let facts = Statement("once_facts", Self.facts)
        let answer: Connection.Answer
        if configuration.pooling == .transaction {
            connection.session.path = .exchanged(settings: settings)
            // By itself: poolers that exchange the session after every statement refuse it, as they should.
            if let failure = connection.run([.begin], until: deadline).failure { throw untransacted(failure) }
            answer = connection.run([settings, facts, .commit], until: deadline)
        } else {
            if connection.session.process == 0 { try identify(connection, until: deadline) }
            var mark: [Statement] = []
            if case .pooled(let number) = connection.session.path {
                var parameters = Parameters()
                parameters.int8(number)
                mark = [Statement("once_session", "SELECT pg_advisory_lock($1::bigint) IS NULL", parameters)]
            }
            answer = connection.run(mark + [settings, facts], until: deadline)
        }
        if let failure = answer.failure { throw failure }
        return answer.results[answer.results.count - (configuration.pooling == .transaction ? 2 : 1)]
    }

    /// The refusal of somebody who lets no transaction begin.
    func untransacted(_ failure: PostgresFailure) -> any Error {
        guard failure.kind == .lost || failure.sqlState?.hasPrefix("08") == true else { return failure }
        return refusal(
            "cannot be used: no transaction can be begun (\(failure.message)). Of poolers those are allowed that pool "
                + "sessions, and with pooling=transaction those that pool transactions")
    }

    private func durability(_ facts: QueryResult) throws(StoreError) -> PostgresStore.Durability {
        var weaknesses: Set<PostgresStore.Configuration.Weakness> = []
        let commit = facts.text(0, 2) ?? "off"
        if facts.boolean(0, 1) != true { weaknesses.insert(.noSync) }
        if commit == "off" { weaknesses.insert(.asynchronousCommit) }
        if facts.boolean(0, 9) == true { weaknesses.insert(.unloggedTable) }
        for weakness in PostgresStore.Configuration.Weakness.allCases
        where weaknesses.contains(weakness) && !configuration.accepted.contains(weakness) {
            throw refusal("\(weakness.finding), or accept it (\(weakness.rawValue))")
        }
        let standbys = facts.text(0, 3) ?? ""
        let isReplicated = !standbys.isEmpty && commit != "local"
        return PostgresStore.Durability(
            level: !weaknesses.isEmpty ? .weak : isReplicated ? .replicated : .singleNode, weaknesses: weaknesses,
            synchronousStandbyNames: isReplicated ? standbys : "")
    }

    func refusal(_ what: String, _ code: StoreError.Code = .misuse) -> StoreError {
        StoreError(code, "The PostgreSQL server at \(address.name) \(what).", effect: .notApplied)
    }
}

extension PostgresStore.Configuration.Weakness {
    /// What is wrong, and what to do.
    fileprivate var finding: String {
        switch self {
        case .noSync: "has fsync=off: a power cut may destroy it, and operations then run twice. Set fsync=on"
        case .asynchronousCommit:
            "has synchronous_commit=off: a crash takes answered writes back, and operations then run twice. Set it to "
                + "on, remote_apply, remote_write or local"
        case .unloggedTable:
            "keeps idempotency_records in an unlogged or temporary table, which a crash empties: operations then run "
                + "twice. ALTER TABLE … SET LOGGED"
        }
    }
}

extension Duration {
    /// The whole milliseconds in it, at least one.
    var wholeMilliseconds: Int64 { max(wholeMicroseconds / 1000, 1) }
}
