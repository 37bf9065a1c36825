import Idempotency
import IdempotencyRedis
import StoreTestParts

extension RecordStore {
    /// Claims and completes a key; gives the record.
    @discardableResult
    func execute(_ number: Int, retention: Duration = .seconds(3600)) async throws -> Record? {
        let claimed = try await exchange(.claim(.test(number), .test(number)))
        guard claimed.isStored, let record = claimed.record else { return nil }
        return try await exchange(.complete(.test(number), record, retention: retention)).record
    }

    /// What an exchange failed with, or `nil` if it did not.
    func failure(_ exchange: Exchange) async -> StoreError? {
        do throws(StoreError) {
            _ = try await self.exchange(exchange)
            return nil
        } catch {
            return error
        }
    }

    /// Waits until an exchange is answered again.
    func waitUntilAnswered(_ number: Int = 9_999_999) async throws {
        let probe = Exchange(.test(number), expecting: .inDoubt(.test(0)), next: nil)
        for _ in 0..<200 {
            if await failure(probe) == nil { return }
            try await Task.sleep(for: .milliseconds(50))
        }
        _ = try await exchange(probe)
    }
}
