import Idempotency

/// What the table of the PostgreSQL store takes while many operations come and go: executed by 64 callers, kept for
/// five seconds, swept all the time.
struct TableGrowth {
    private static let callers = 64
    private static let retention: Duration = .seconds(5)
    private static let parts = 4

    let server: PostgresServer
    let effort: Effort

    func run(into report: inout Report) async throws {
        let store = try await server.open("growth")
        var configuration = Once.Configuration()
        configuration.retention = Self.retention
        let once = Once(store: store, interrupted: .rerun, configuration: configuration)
        var table = Table(
            "PostgreSQL, the table while operations come and go", "operations", "per second", "rows", "dead rows",
            "table", "indexes", "HOT")
        try await withThrowingTaskGroup(of: Int.self) { group in
            group.addTask { try await Sweeper.sweep(store) }
            for part in 1...Self.parts {
                let count = effort.operations / Self.parts
                let start = ContinuousClock.now
                try await execute(count, part, once)
                let rate = Double(count) / ((ContinuousClock.now - start) / .seconds(1))
                add(part * count, rate, to: &table)
            }
            group.cancelAll()
            _ = try await group.next()
        }
        table.note(
            "\(Self.callers) callers; every outcome is kept for five seconds, so that rows are those of the last "
                + "seconds and of what waits for the sweep. Rows and dead rows as `pg_stat_user_tables` has them, "
                + "exactly counted rows in the first of the two. HOT: updates that stayed in their page.")
        report.add(table)
        await store.close()
    }

    private func execute(_ count: Int, _ part: Int, _ once: Once) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for caller in 0..<Self.callers {
                group.addTask {
                    for number in stride(from: caller, to: count, by: Self.callers) {
                        let key = try IdempotencyKey("growth-\(part)-\(number)")
                        _ = try await once.perform(key, scope: "bench") { _ in number }
                    }
                }
            }
            try await group.waitForAll()
        }
    }

    private func add(_ operations: Int, _ rate: Double, to table: inout Table) {
        let statement = """
            SELECT (SELECT count(*) FROM growth.idempotency_records), n_dead_tup, pg_table_size(relid),
                pg_indexes_size(relid), n_tup_upd, n_tup_hot_upd
            FROM pg_stat_user_tables WHERE schemaname = 'growth' AND relname = 'idempotency_records'
            """
        let numbers = ((try? server.execute(statement)) ?? "").split(separator: " ").compactMap { Int($0) }
        guard numbers.count == 6 else {
            table.add("\(operations)", "–", "–", "–", "–", "–", "–")
            return
        }
        table.add(
            Figure.whole(Double(operations)), Figure.whole(rate), Figure.whole(Double(numbers[0])),
            Figure.whole(Double(numbers[1])), Figure.size(numbers[2]), Figure.size(numbers[3]),
            Figure.tenths(Double(numbers[5]) / Double(numbers[4]) * 100) + " %")
    }
}
