import ArgumentParser
import Idempotency
import Synchronization

/// A store with a fault that shows now and then: what a check of histories is there to find.
final class PlantedStore: RecordStore {
    enum Fault: String, CaseIterable, ExpressibleByArgument {
        /// A write that was refused is made all the same.
        case lostUpdate = "lost-update"
        /// A refusal tells what was there some time ago.
        case staleRead = "stale-read"
        /// A write that was answered is gone.
        case forgottenWrite = "forgotten-write"
    }

    /// The fault shows at the first opportunity after so many exchanges, again and again.
    private static let rarity = 500

    private struct State {
        var calls = 0
        var isDue = false
        var replies: [RecordID: ExchangeReply] = [:]
    }

    private let base: any RecordStore
    private let fault: Fault
    private let state = Mutex(State())

    init(_ base: any RecordStore, _ fault: Fault) {
        self.base = base
        self.fault = fault
    }

    func exchange(_ exchange: Exchange) async throws(StoreError) -> ExchangeReply {
        let reply = try await base.exchange(exchange)
        // What was answered some time ago is kept for a while, so that it is old when it is told again.
        let before = state.withLock { state in
            state.calls += 1
            if state.calls.isMultiple(of: Self.rarity) { state.isDue = true }
            defer { if state.calls.isMultiple(of: 3) { state.replies[exchange.id] = reply } }
            return state.replies[exchange.id]
        }
        switch (fault, reply) {
        case (.lostUpdate, .conflict(let record?, _)) where exchange.next != nil && !record.isCompleted && isDue():
            return try await base.exchange(Exchange(exchange.id, expecting: .just(record), next: exchange.next))
        case (.staleRead, .conflict(let record, let now)):
            guard let before, before.record != record, isDue() else { return reply }
            return .conflict(before.record, now: now)
        case (.forgottenWrite, .stored(let record?, _)) where isDue():
            _ = try await base.exchange(Exchange(exchange.id, expecting: .just(record), next: nil))
            return reply
        default: return reply
        }
    }

    /// Whether it is time for the fault; then it counts as having happened.
    private func isDue() -> Bool {
        state.withLock { state in
            defer { state.isDue = false }
            return state.isDue
        }
    }
}

extension Record {
    /// A completed record is expected by nobody, so that nothing can be written over it.
    fileprivate var isCompleted: Bool { if case .completed = state { true } else { false } }
}

extension Expectation {
    /// Whatever is there now.
    fileprivate static func just(_ record: Record) -> Expectation {
        switch record.state {
        case .running: .running(record.owner)
        case .inDoubt: .inDoubt(record.owner)
        case .completed: .vacant
        }
    }
}
