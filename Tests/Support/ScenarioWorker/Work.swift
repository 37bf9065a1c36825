import Idempotency

/// What the worker does: operations that take effect in a file.
struct Work: Sendable {
    let once: Once
    let ledger: EffectFile
    let steps: Steps

    /// Performs the operation under `key`, and gives what its caller was told.
    func perform(_ key: String) async -> String {
        do {
            let report = try await once.report(IdempotencyKey(key), scope: "scenario", fingerprint: .none) {
                [ledger, steps] attempt in
                await steps.reach("before effect")
                let receipt = try ledger.append(key, fence: attempt.fence.number)
                await steps.reach("after effect")
                return receipt
            }
            return "\(report.isReplay ? "replayed" : "performed") \(report.value)"
        } catch let error as OnceError {
            return "refused \(error.code)"
        } catch {
            return "failed \(error)"
        }
    }

    /// Performs operations under the given keys, so many at a time, and says how many callers were told what.
    func perform(_ keys: [String], atOnce width: Int) async {
        var told: [String: Int] = [:]
        await withTaskGroup(of: String.self) { group in
            for (number, key) in keys.enumerated() {
                if number >= width, let answer = await group.next() { told[answer, default: 0] += 1 }
                group.addTask { await perform(key) }
            }
            for await answer in group { told[answer, default: 0] += 1 }
        }
        let kinds = Dictionary(told.map { (String($0.prefix { $0 != " " }), $1) }, uniquingKeysWith: +)
        for (kind, times) in kinds.sorted(by: { $0.key < $1.key }) { await steps.reach("told \(kind) \(times)") }
        await steps.reach("all told")
    }
}
