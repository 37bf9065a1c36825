import Idempotency

extension Stage {
    /// Calls a process as a client does: its operation takes effect in the ledger and gives the receipt.
    ///
    /// - Parameters:
    ///   - process: Which process.
    ///   - text: What is asked for.
    ///   - before: What happens in the operation before the effect.
    ///   - after: What happens in it after the effect.
    func call(
        _ process: Once, asking text: String = "10 EUR", options: PerformOptions = .standard,
        before: @escaping @Sendable (Attempt) async throws -> Void = { _ in },
        after: @escaping @Sendable (Attempt) async throws -> Void = { _ in }
    ) async -> Told {
        do {
            let report = try await process.report(
                key, scope: scope, fingerprint: Fingerprint(asking: text), options: options
            ) { [ledger] attempt in
                try await before(attempt)
                let receipt = try ledger.append(attempt.fence)
                try await after(attempt)
                return receipt
            }
            return report.isReplay ? .replayed(report.value) : .performed(report.value)
        } catch let error as OnceError {
            return .refused(error.code, error.retry)
        } catch is CancellationError {
            return .nothing
        } catch {
            return .failed("\(error)")
        }
    }
}
