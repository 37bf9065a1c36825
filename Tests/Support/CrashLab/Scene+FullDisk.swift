import IdempotencyTestKit
import NIOCore

extension Scene {
    /// Fills the disk under load, looks what callers are told meanwhile, frees it, and waits until new keys are served
    /// again, by the same process.
    func fillDisk(_ generator: inout SplitMix) async throws {
        guard let ballast else { return }
        try await Task.sleep(for: .milliseconds(Int.random(in: 200...600, using: &generator)))
        let known = caller.histories.all.compactMap { key, history in
            history.contains { if case .completed = $0.output { true } else { false } } ? key : nil
        }
        try ballast.fill()
        // Checkpoints may give a little space back at first.
        let refusal = try await refusalOfNewKey(&generator) { try ballast.fill() }
        for key in known.shuffled(using: &generator).prefix(8) {
            guard case .completed = await caller.call(key, tries: 3) else {
                throw LabError("\(key) was completed and is not answered while the disk is full")
            }
        }
        ballast.remove()
        let deadline = ContinuousClock.now + .seconds(60)
        var tries = 0
        repeat {
            tries += 1
            let key = "after-\(generator.next())"
            if case .completed = await caller.call(key, tries: 3) { return }
        } while ContinuousClock.now < deadline
        throw LabError("the gateway did not recover in \(tries) tries; it had answered \(refusal)")
    }

    /// What a new key is answered once the disk is full.
    private func refusalOfNewKey(_ generator: inout SplitMix, refill: () throws -> Void) async throws -> Answer {
        for _ in 0..<200 {
            let key = "full-\(generator.next())"
            switch await caller.once(key) {
            case .refused?: return .refused
            default: try refill()
            }
        }
        throw LabError("new keys are served although the disk is full")
    }
}
