import Idempotency
import IdempotencyTestKit
import StoreTestParts

@testable import IdempotencyTiered

/// All that can happen when processes go through a scenario, one question to one store at a time, in any order; a
/// process that never goes on is among it.
struct TierSystem: ExplorableSystem {
    enum Action: CustomStringConvertible {
        case go(Int)
        case lose

        var description: String {
            switch self {
            case .go(let process): "process \(process) goes on"
            case .lose: "the store in front loses everything"
            }
        }
    }

    let scenario: TierScenario
    /// How often the store in front may lose everything, at any moment.
    var losses = 0
    /// How often an exchange begins anew before it gives up.
    var turnLimit: UInt32 = 2
    /// A mistake that is made on purpose.
    var fault: PlantedTierFault?

    private static let now = Timestamp(microseconds: 1_700_000_000_000_000)

    var initial: TierWorld {
        TierWorld(processes: scenario.processes.map { _ in .init() }, lossesLeft: losses)
    }

    func actions(in world: TierWorld) -> [Action] {
        let going = world.processes.indices.filter { number in
            world.processes[number].call != nil || world.processes[number].begun < scenario.processes[number].count
        }
        return going.map { .go($0) } + (world.lossesLeft > 0 ? [.lose] : [])
    }

    func apply(_ action: Action, to world: inout TierWorld) -> String? {
        switch action {
        case .lose:
            world.front = [:]
            world.lossesLeft -= 1
            world.hasLost = true
            return nil
        case .go(let number):
            guard world.processes[number].call != nil else {
                begin(number, &world)
                return nil
            }
            return ask(number, &world)
        }
    }

    private func begin(_ number: Int, _ world: inout TierWorld) {
        let step = scenario.processes[number][world.processes[number].begun]
        world.processes[number].begun += 1
        guard let exchange = step(world.records) else { return }
        let known = exchange.expecting.attempt.flatMap { world.processes[number].known.removeValue(forKey: $0) }
        let mark = Owner(high: UInt64(100 + number), low: UInt64(world.processes[number].begun))
        world.processes[number].call = .init(
            exchange: exchange, known: known, mark: mark, turnLimit: turnLimit,
            followsOutcome: world.outcome != nil)
    }

    private func ask(_ number: Int, _ world: inout TierWorld) -> String? {
        guard var call = world.processes[number].call else { return nil }
        switch call.work {
        case .front(let question, _):
            call.replies.append(
                world.front[question.id, default: Register()].exchange(
                    expecting: question.expecting, next: question.next, now: Self.now, lastFence: &world.lastFence))
        case .base(let question, _):
            var fence = Fence(0)
            call.replies.append(
                fault?.reply(to: question, from: &world.base, at: Self.now)
                    ?? world.base.exchange(
                        expecting: question.expecting, next: question.next, now: Self.now, lastFence: &fence))
        case .done: break
        }
        world.processes[number].call = call
        guard case .done(let result, _) = call.work else { return nil }
        return end(number, call, result, &world)
    }

    private func end(
        _ number: Int, _ call: TierWorld.Call, _ result: Result<ExchangeReply, StoreError>, _ world: inout TierWorld
    ) -> String? {
        if let record = KnownAttempts.surviving(result, of: call.exchange, known: call.known) {
            world.processes[number].known[record.owner] = record
        }
        if case .success(.stored(let record?, _)) = result { world.records[record.owner] = record }
        defer { world.processes[number].call = nil }
        guard !world.hasLost else { return brokenAfterLoss(call, result, &world) }
        let reply = try? result.get()
        if case .failure(let error) = result, error.effect == .notApplied {
            world.explanations = Set(world.explanations.filter { $0.replies[number] == nil })
            return world.explanations.isEmpty ? "what process \(number) did not do was seen" : nil
        }
        let violation = explain(number, reply, &world)
        if case .stored(let record?, _)? = reply, case .completed(let outcome, _, _) = record.state {
            world.outcome = outcome
        }
        return violation
    }

    /// Keeps the explanations that agree with a reply; a failure with unknown effect may have had it or not.
    private func explain(_ number: Int, _ reply: ExchangeReply?, _ world: inout TierWorld) -> String? {
        var possible = world.explanations
        var fresh = possible
        while !fresh.isEmpty {
            fresh = Set(fresh.flatMap { successors(of: $0, in: world) }).subtracting(possible)
            possible.formUnion(fresh)
        }
        let kept = possible.compactMap { explanation -> TierWorld.Explanation? in
            var explanation = explanation
            let seen = explanation.replies.removeValue(forKey: number)
            guard let reply else { return explanation }
            return seen == SeenReply(reply) ? explanation : nil
        }
        world.explanations = Set(kept)
        guard let reply, kept.isEmpty else { return nil }
        return "no single register explains the reply to process \(number): \(SeenReply(reply))"
    }

    private func successors(of explanation: TierWorld.Explanation, in world: TierWorld) -> [TierWorld.Explanation] {
        world.processes.indices.compactMap { number in
            guard let call = world.processes[number].call, explanation.replies[number] == nil else { return nil }
            var next = explanation
            var fence = Fence(0)
            let reply = next.register.exchange(
                expecting: call.exchange.expecting, next: call.exchange.next, now: Self.now, lastFence: &fence)
            next.replies[number] = SeenReply(reply)
            return next
        }
    }

    /// What holds after a loss as well: one outcome, and nobody let in after it.
    private func brokenAfterLoss(
        _ call: TierWorld.Call, _ result: Result<ExchangeReply, StoreError>, _ world: inout TierWorld
    ) -> String? {
        guard case .success(let reply) = result else { return nil }
        if case .stored(let record?, _) = reply {
            switch record.state {
            case .completed(let outcome, _, _):
                if let first = world.outcome, first != outcome { return "a second outcome was kept: \(outcome)" }
                world.outcome = outcome
            case .running where call.followsOutcome && record.owner != call.exchange.expecting.attempt:
                return "an attempt was let in after an outcome had been acknowledged: \(record.owner)"
            case .running, .inDoubt: break
            }
        }
        if let outcome = world.outcome, call.followsOutcome, case .completed(let told, _, _)? = reply.record?.state,
            told != outcome
        {
            return "another outcome than the one acknowledged was told: \(told)"
        }
        return nil
    }

    func summary(of world: TierWorld) -> String {
        func tell(_ record: Record?) -> String {
            record.map { "\(SeenReply(.stored($0, now: Self.now))), attempt \($0.attempt)" } ?? "nothing"
        }
        return "in front \(tell(world.front[TierScenario.id]?.record)), behind \(tell(world.base.record))"
    }
}
