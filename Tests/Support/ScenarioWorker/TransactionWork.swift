import GRDB
import Idempotency
import IdempotencySQLite

/// An operation whose key and business row commit together, in a database of the user's.
struct TransactionWork: Sendable {
    let path: String
    let steps: Steps

    /// Performs the operation, and says what its caller was told.
    func run(_ order: WorkOrder) async throws {
        let database = try DatabaseQueue(path: path)
        try SQLiteIdempotency.install(in: database)
        try await database.write { try $0.execute(sql: "CREATE TABLE IF NOT EXISTS payment (fence INTEGER NOT NULL)") }
        let once = Once(store: MemoryStore(), interrupted: .hold)
        let report = try await once.transactionReport(
            IdempotencyKey(order.key), scope: "scenario", request: "10 EUR", in: database
        ) { [steps] db, attempt in
            try db.execute(sql: "INSERT INTO payment VALUES (?)", arguments: [Int64(attempt.fence.number)])
            steps.reachOnThread("after effect")
            return "receipt-\(attempt.fence)"
        }
        await steps.reach("after commit")
        await steps.reach("answer \(report.isReplay ? "replayed" : "performed") \(report.value)")
    }
}
