import ArgumentParser
import Foundation
import Idempotency
import OnceTools
import Synchronization

/// Leads keys through their lives until it is killed, and says on standard output what was acknowledged, a line for
/// each step: `claimed 17 4711` (number and fence), `saved 17`, `ended 17`.
struct WriteCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "write", abstract: "Writes until it is killed, and says what was acknowledged.")

    @OptionGroup var choice: StoreChoice
    @Option(help: "The seed of the run.") var seed: UInt64 = 1
    @Option(help: "How many keys are under way at once.") var callers = 16
    @Option(help: "The number of the first key.") var from = 0
    @Option(help: "After which time to stop all the same, in seconds.") var seconds = 120

    func run() async throws {
        let (store, close) = try await choice.open()
        let numbers = Numbers(from)
        let deadline = ContinuousClock.now + .seconds(seconds)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<callers {
                group.addTask {
                    while ContinuousClock.now < deadline {
                        try await live(Life(numbers.next(), seed: seed), on: store)
                    }
                }
            }
            try await group.waitForAll()
        }
        await close()
    }

    /// The numbers of the keys, each given out once.
    private final class Numbers: Sendable {
        private let number: Mutex<Int>
        init(_ first: Int) { number = Mutex(first) }
        func next() -> Int {
            number.withLock { number in
                defer { number += 1 }
                return number
            }
        }
    }

    private func live(_ life: Life, on store: any OperableStore) async throws {
        let claim = Draft(claiming: life.fingerprint, owner: life.owner, lease: Life.lease, label: life.label)
        guard var record = try await exchange(Exchange(life.id, expecting: .vacant, next: claim), on: store) else {
            throw LabError("a claim left nothing")
        }
        say("claimed \(life.number) \(record.fence)")
        if !life.checkpoint.isEmpty {
            var renewal = Draft(record, state: .running(lease: Life.lease))
            renewal.checkpoint = life.checkpoint
            let renewed = try await exchange(
                Exchange(life.id, expecting: .running(life.owner), next: renewal), on: store)
            guard let renewed else { throw LabError("a renewal left nothing") }
            record = renewed
            say("saved \(life.number)")
        }
        let next: Draft?
        switch life.end {
        case .stays: return
        case .released: next = nil
        case .doubted: next = Draft(record, state: .inDoubt(.unknownEnd))
        case .completed(let outcome): next = Draft(record, state: .completed(outcome, retention: Life.retention))
        }
        _ = try await exchange(Exchange(life.id, expecting: .running(life.owner), next: next), on: store)
        say("ended \(life.number)")
    }

    private func exchange(_ exchange: Exchange, on store: any OperableStore) async throws -> Record? {
        switch try await store.exchange(exchange) {
        case .stored(let record, _): return record
        case .conflict(let record, _):
            throw LabError("a write of a key that nobody else has met \(record.map { "\($0.state)" } ?? "nothing")")
        }
    }

    private func say(_ line: String) {
        FileHandle.standardOutput.write(Data((line + "\n").utf8))
    }
}
