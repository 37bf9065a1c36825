import Idempotency

/// Operations over a store, by a number of callers: those that are executed, and those that are replayed.
struct MeasuredOnce {
    /// The number of keys that replays take turns at.
    private static let replayedKeys = 256

    let callers: Int
    private let once: Once
    private let seconds: Double

    /// Operations over `store`; makes the outcomes that are replayed, if they are not there.
    init(_ store: any RecordStore, callers: Int, effort: Effort) async throws {
        once = Once(store: store, interrupted: .rerun)
        self.callers = callers
        seconds = Double(effort.seconds)
        for number in 0..<Self.replayedKeys { _ = try await once.perform(Self.key(number), scope: "bench") { _ in 1 } }
    }

    /// Every operation has a key of its own and runs: claim, run, complete.
    func executed(_ name: String) -> Contender {
        let executions = Executions()
        let prefix = "fresh-\(callers)"
        return Contender(name, callers: callers, seconds: seconds) { [once] number in
            _ = try await once.perform(try IdempotencyKey("\(prefix)-\(number)"), scope: "bench") { _ in
                executions.add()
                return number
            }
        }.executing(executions)
    }

    /// No operation runs: each has one of 256 keys with an outcome, and no two callers the same at once.
    func replayed(_ name: String) -> Contender {
        Contender(name, callers: callers, seconds: seconds) { [once] number in
            // The upper bits are those of the caller.
            let key = try Self.key((number + (number >> 28) * 4) % Self.replayedKeys)
            _ = try await once.perform(key, scope: "bench") { _ -> Int in try Executions.unexpected() }
        }
    }

    private static func key(_ number: Int) throws -> IdempotencyKey { try IdempotencyKey("replay-\(number)") }
}
