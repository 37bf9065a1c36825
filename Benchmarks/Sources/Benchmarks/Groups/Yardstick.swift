import Foundation

/// What a PostgreSQL server does without the store: a claim and a completion as anybody would write them, two commits,
/// and a look by key.
struct Yardstick {
    private static let replayedKeys = 256

    private let server: PostgresServer
    private let folder: String

    /// Makes the table, and the scripts for pgbench in `folder`.
    init(_ server: PostgresServer, folder: String) throws {
        self.server = server
        self.folder = folder
        // Pages half empty, so that the update stays in its page, as with the store's own table.
        try server.execute(
            """
            CREATE TABLE yardstick (
                id bytea PRIMARY KEY, fingerprint bytea NOT NULL, owner bytea NOT NULL, state smallint NOT NULL,
                lease bigint NOT NULL, expires bigint, outcome bytea
            ) WITH (fillfactor = 50);
            INSERT INTO yardstick
            SELECT int8send(n) || int8send(n) || int8send(n) || int8send(n), '\\x00', '\\x00', 1, 0, 0, '\\x31'
            FROM generate_series(1, \(Self.replayedKeys)) AS n
            """)
        let id = "int8send(:a) || int8send(:b) || int8send(:b) || int8send(:a)"
        let digest = "'\\x" + String(repeating: "5a", count: 32) + "'"
        try write(
            "execute",
            """
            \\set a random(1000, 9223372036854775806)
            \\set b random(1000, 9223372036854775806)
            INSERT INTO yardstick VALUES (\(id), \(digest), int8send(:b) || int8send(:a), 0, 30) ON CONFLICT DO NOTHING;
            UPDATE yardstick SET state = 1, expires = 86400, outcome = '\\x7b7d' WHERE id = \(id) \
            AND owner = int8send(:b) || int8send(:a) AND state = 0;

            """)
        try write(
            "look",
            """
            \\set a random(1, \(Self.replayedKeys))
            SELECT state, fingerprint, outcome FROM yardstick \
            WHERE id = int8send(:a) || int8send(:a) || int8send(:a) || int8send(:a);

            """)
    }

    /// A new key is claimed and completed: two round trips, two commits.
    func execute(callers: Int, seconds: Int) -> Contender { contender("execute", callers, seconds) }

    /// A key of a few is looked up.
    func look(callers: Int, seconds: Int) -> Contender { contender("look", callers, seconds) }

    private func contender(_ script: String, _ callers: Int, _ seconds: Int) -> Contender {
        let calibrated = Calibrated(seconds: Double(seconds))
        return Contender("pgbench, \(script), \(callers) clients") { [server, folder] in
            try calibrated.run { transactions in
                try server.bench(
                    "\(folder)/\(script).sql", callers: callers, transactions: transactions, in: folder)
            }
        }
    }

    private func write(_ name: String, _ script: String) throws {
        try script.write(toFile: "\(folder)/\(name).sql", atomically: true, encoding: .utf8)
    }
}
