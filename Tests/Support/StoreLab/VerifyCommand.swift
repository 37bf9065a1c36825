import ArgumentParser
import Foundation
import Idempotency
import IdempotencyTestKit
import OnceTools

/// Holds a store against what was acknowledged of it.
struct VerifyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify", abstract: "Holds a store against what `write` said that was acknowledged.")

    @OptionGroup var choice: StoreChoice
    @Option(help: "The seed of the run that wrote.") var seed: UInt64 = 1
    @Option(help: "What that run said.") var acks: String

    /// What was acknowledged.
    private struct Acknowledged {
        var steps: [Int: Life.Step] = [:]
        var fences: [Int: Fence] = [:]

        /// Reads whole lines; the last one may be half.
        init(_ text: String) throws {
            for line in text.split(separator: "\n", omittingEmptySubsequences: false).dropLast() {
                let words = line.split(separator: " ")
                guard words.count > 1, let number = Int(words[1]) else { throw LabError("no line of acks: \(line)") }
                switch words[0] {
                case "claimed":
                    steps[number] = max(steps[number] ?? .begun, .claimed)
                    fences[number] = words.count > 2 ? UInt64(words[2]).map { Fence($0) } : nil
                case "saved": steps[number] = max(steps[number] ?? .begun, .saved)
                case "ended": steps[number] = .ended
                default: throw LabError("no line of acks: \(line)")
                }
            }
        }
    }

    func run() async throws {
        let text = try String(contentsOfFile: acks, encoding: .utf8)
        let acknowledged = try Acknowledged(text)
        let (store, close) = try await choice.open()
        var lost = 0
        var broken: [String] = []
        for (number, step) in acknowledged.steps.sorted(by: { $0.key < $1.key }) {
            switch try await found(Life(number, seed: seed), after: step, in: store) {
            case .asItShould: continue
            case .lost: lost += 1
            case .broken(let text): broken.append("key \(number): \(text)")
            }
        }
        broken += try await strangers(in: store, known: acknowledged)
        broken += try await lowFences(in: store, acknowledged)
        await close()
        for text in broken.prefix(10) { print("BROKEN \(text)") }
        print(
            "store-lab: \(acknowledged.steps.count) keys acknowledged, \(lost) lost an acknowledged step, "
                + "\(broken.count) broken")
        if lost > 0 { throw ExitCode(3) }
        if !broken.isEmpty { throw ExitCode(4) }
    }

    private enum Finding {
        case asItShould
        case lost
        case broken(String)
    }

    /// What is there of a key of which `step` was acknowledged; it may have come one step further.
    private func found(_ life: Life, after step: Life.Step, in store: any OperableStore) async throws -> Finding {
        let record: Record?
        do {
            record = try await store.record(life.id).record
        } catch {
            return .broken("cannot be read: \(error)")
        }
        guard let record else {
            // Nothing is what a release leaves, and it may have been under way.
            return life.end == .released && step >= (life.checkpoint.isEmpty ? .claimed : .saved) ? .asItShould : .lost
        }
        guard let there = life.step(leaving: record) else { return .broken("is half: \(record.state)") }
        return there >= step ? .asItShould : .lost
    }

    /// Records that no life explains: those of keys that were under way and not acknowledged are explained.
    private func strangers(in store: any OperableStore, known: Acknowledged) async throws -> [String] {
        // Callers take numbers in order, so what was not acknowledged is at most a few beyond.
        let numbers = (known.steps.keys.min() ?? 0)...((known.steps.keys.max() ?? 0) + 10_000)
        let lives = Dictionary(uniqueKeysWithValues: numbers.map { (Life($0, seed: seed).id, $0) })
        var found: [String] = []
        var query = RecordQuery()
        while true {
            let page = try await store.records(query)
            for entry in page.entries {
                guard let number = lives[entry.id] else {
                    found.append("\(entry.id): nobody wrote it")
                    continue
                }
                if Life(number, seed: seed).step(leaving: entry.record) == nil {
                    found.append("key \(number): is half")
                }
            }
            guard let next = page.next else { return found }
            query.after = next
        }
    }

    /// Released keys are claimed anew: their fences have to be higher than all that were acknowledged.
    private func lowFences(in store: any OperableStore, _ acknowledged: Acknowledged) async throws -> [String] {
        var found: [String] = []
        let released = acknowledged.steps.filter { Life($0.key, seed: seed).end == .released && $0.value == .ended }
        for number in released.keys.sorted().suffix(50) {
            let life = Life(number, seed: seed)
            let claim = Draft(claiming: life.fingerprint, owner: life.owner, lease: Life.lease, label: life.label)
            let reply = try await store.exchange(Exchange(life.id, expecting: .vacant, next: claim))
            guard case .stored(let record?, _) = reply, let before = acknowledged.fences[number] else { continue }
            if record.fence <= before { found.append("key \(number): fence \(record.fence) after \(before)") }
        }
        return found
    }
}
