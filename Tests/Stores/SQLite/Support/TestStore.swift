import Idempotency
import IdempotencySQLite
import StoreTestParts

extension SQLiteStore {
    /// Opens a store for a test.
    static func test(
        _ path: String, clock: any MachineClock = .machine, _ change: (inout Configuration) -> Void = { _ in }
    ) async throws -> SQLiteStore {
        var configuration = Configuration()
        configuration.clock = clock
        change(&configuration)
        return try await open(path, configuration: configuration, logger: silent)
    }
}
