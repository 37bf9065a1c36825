import Idempotency
import StoreTestParts

@testable import IdempotencyRocksDB

extension RocksDBStore {
    /// Opens a store for a test; on a disk with so many bytes left, if that is said.
    static func test(
        _ directory: TestDirectory, clock: any MachineClock = .machine, space: FreeSpace? = nil,
        _ change: (inout Configuration) -> Void = { _ in }
    ) async throws -> RocksDBStore {
        var configuration = Configuration()
        configuration.clock = clock
        change(&configuration)
        return try await open(
            StoreOpening(
                directory: directory.file("once"), configuration: configuration, logger: silent, space: space))
    }
}
