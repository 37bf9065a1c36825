import Idempotency
import IdempotencyTestKit
import Testing

/// An attempt that the test leads by the hand, step by step. Whoever lets go of it has crashed its process.
struct Victim {
    private let stage: Stage
    private var execution: Execution

    /// A fresh attempt; nothing is written yet.
    init(on stage: Stage, interrupted: InterruptedRule = .hold) {
        self.stage = stage
        var generator = SystemRandomNumberGenerator()
        let terms = Terms(lease: Stage.lease, retention: Stage.retention, interrupted: interrupted)
        execution = Execution(stage.request, terms: terms, owner: .random(using: &generator))
    }

    var owner: Owner { execution.owner }

    /// Whether it still believes that it runs alone.
    var isLeaseLost: Bool { execution.isLeaseLost }

    /// Wants to claim; the claim has not left the process.
    mutating func begin() throws -> Effects.Write {
        try #require(execution.begin(at: now).write)
    }

    /// Claims the key, and gives the record under which the operation may run.
    @discardableResult mutating func claim() async throws -> Record {
        let start = try await send(begin()).start
        guard case .operation(let record) = start else {
            Issue.record("the claim did not start the operation: \(String(describing: start))")
            throw TooLate(description: "no claim")
        }
        return record
    }

    /// Takes effect, and gives the receipt.
    func takeEffect() throws -> String {
        try stage.ledger.append(#require(execution.fence))
    }

    /// Ends the operation with this receipt, and gives what its caller is told.
    mutating func complete(_ receipt: String) async throws -> Answer? {
        var effects = execution.operationEnded(.completed(Self.outcome(receipt)), at: now)
        while let write = effects.write { effects = try await send(write) }
        return effects.answer
    }

    /// Ends the operation without an effect, and gives what its caller is told.
    mutating func release() async throws -> Answer? {
        var effects = execution.operationEnded(.retryable, at: now)
        while let write = effects.write { effects = try await send(write) }
        return effects.answer
    }

    /// Saves a recovery point; whether it was taken.
    mutating func save(_ bytes: [UInt8]) async throws -> Bool? {
        var effects = execution.save(checkpoint: bytes, at: now)
        while let write = effects.write { effects = try await send(write) }
        return effects.checkpointSaved
    }

    /// Hands a write to the store and its reply to the attempt.
    mutating func send(_ write: Effects.Write) async throws -> Effects {
        let reply = try await stage.store.base.exchange(write.exchange)
        return execution.replied(reply, to: write.purpose, at: now)
    }

    /// The outcome that stands for this receipt.
    static func outcome(_ receipt: String) -> Outcome {
        Outcome(.success, Array("\"\(receipt)\"".utf8))
    }

    private var now: Moment { stage.time.local.now }
}
