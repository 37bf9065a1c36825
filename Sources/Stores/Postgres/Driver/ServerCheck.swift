import Idempotency

/// Finds out what a server promises, and refuses one that promises too little.
struct ServerCheck {
    let configuration: PostgresStore.Configuration
    let address: ServerAddress

    /// Settings of every session: bounds on waiting, and plans that do not depend on how large the table was when it
    /// was last counted.
    private var settings: String {
        var settings = [
            "lock_timeout": "'\(configuration.lockTimeout.wholeMilliseconds)'",
            "statement_timeout": "'\(configuration.requestTimeout.wholeMilliseconds)'",
            "idle_in_transaction_session_timeout": "'\(configuration.requestTimeout.wholeMilliseconds)'",
            "default_transaction_isolation": "'read committed'",
        ]
        if let commit = configuration.synchronousCommit { settings["synchronous_commit"] = "'\(commit.rawValue)'" }
        return settings.sorted { $0.key < $1.key }.map { "set_config('\($0.key)', \($0.value), false)" }
            .joined(separator: ", ")
    }

    /// For the hot path: always by index, planned once, never compiled.
    private static let plans =
        [
            "enable_seqscan", "enable_hashjoin", "enable_mergejoin", "enable_material", "jit",
        ].map { "set_config('\($0)', 'off', false)" }.joined(separator: ", ")
        + ", set_config('plan_cache_mode', 'force_generic_plan', false)"

    private static let facts = """
        SELECT pg_is_in_recovery(), current_setting('fsync') = 'on', current_setting('synchronous_commit'),
            current_setting('synchronous_standby_names'), current_setting('server_encoding'),
            current_setting('server_version_num')::bigint, pg_postmaster_start_time()::text,
            coalesce((SELECT backend_start::text FROM pg_stat_activity WHERE pid = pg_backend_pid()), ''),
            coalesce(to_regclass('idempotency_records')::oid::bigint, 0),
            EXISTS (SELECT FROM pg_class WHERE relpersistence <> 'p' AND (oid = to_regclass('idempotency_records')
                OR oid IN (SELECT inhrelid FROM pg_inherits WHERE inhparent = to_regclass('idempotency_records'))))
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
        let setup = "SELECT \(settings)" + (isForExchanges ? ", \(Self.plans)" : "")
        let answer = connection.run(
            [Statement("once_setup", setup), Statement("once_facts", Self.facts)], until: deadline)
        if let failure = answer.failure { throw failure }
        let facts = answer.results[1]
        guard facts.boolean(0, 0) == false else {
            throw refusal(
                "is a standby, which cannot be written and may lag behind; name the primary, or all servers with "
                    + "target_session_attrs=primary", .unavailable)
        }
        guard facts.text(0, 4) == "UTF8" else {
            throw refusal(
                "has the encoding \(facts.text(0, 4) ?? "?") in this database; make one with ENCODING 'UTF8'")
        }
        guard let version = facts.integer(0, 5), version >= 140_000 else {
            throw refusal("is older than PostgreSQL 14; allowed are 14 and later")
        }
        connection.session = Connection.Session(
            serverStart: facts.text(0, 6) ?? "", begin: facts.text(0, 7) ?? "", table: facts.integer(0, 8) ?? 0)
        return try durability(facts)
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

    private func refusal(_ what: String, _ code: StoreError.Code = .misuse) -> StoreError {
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
