import GRDB

extension WorkPlace {
    /// Lets a worker perform the operation in a transaction; what its caller was told.
    func transacted() async throws -> String {
        let worker = try worker("transact", key: Self.key, [])
        let answer = try await worker.answer()
        _ = await worker.end()
        return answer
    }

    /// The fences of the business rows that are there.
    func payments() async throws -> [Int64] {
        try await DatabaseQueue(path: ledgerPath).read { try Int64.fetchAll($0, sql: "SELECT fence FROM payment") }
    }
}
