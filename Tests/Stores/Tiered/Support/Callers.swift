import Idempotency
import IdempotencyTiered
import StoreTestParts
import Synchronization
import Testing

/// Callers who execute operations in a tiered store, whatever happens in front of it, and what they were told.
final class Callers: Sendable {
    /// What was told of one key.
    struct Told {
        /// Who was told that its own outcome is kept.
        var ended: Set<Owner> = []
        /// The outcomes that anybody was told.
        var outcomes: Set<[UInt8]> = []
        /// The fences of those who were let in, in that order.
        var fences: [Fence] = []
    }

    private struct State {
        var keys: [Int: Told] = [:]
        var ended = 0
        var isOver = false
    }

    /// Long enough for an operation, and for the callers to wait until it is over.
    private static let lease = Duration.seconds(3)

    private let state = Mutex(State())

    /// What was told of every key.
    var told: [Int: Told] { state.withLock { $0.keys } }

    /// How many operations have ended, each counted once for each of its callers.
    var ended: Int { state.withLock { $0.ended } }

    /// Lets everybody end what he is at, and begin nothing more.
    func stop() { state.withLock { $0.isOver = true } }

    /// Executes one operation after the other until it is over; callers with the same keys fight over each of them.
    func execute(_ keys: some Sequence<Int>, as caller: Int, in store: ServerTiers) async throws {
        for key in keys where !state.withLock({ $0.isOver }) {
            let owner = Owner.test(key * 100 + caller)
            if let record = try await claim(key, as: owner, in: store) { try await end(key, record, in: store) }
        }
    }

    /// Claims a key and lets it go, again and again until it is over.
    func turn(_ key: Int, in store: ServerTiers) async throws {
        var count = 0
        while !state.withLock({ $0.isOver }) {
            count += 1
            let reply = try await store.persisting(.claim(.test(key), .test(count)))
            let record = try #require(reply.record)
            // A release may have been lost, and the claim before it may be back.
            if record.owner == .test(count) { note(key) { $0.fences.append(record.fence) } }
            _ = try await store.persisting(Exchange(.test(key), expecting: .running(record.owner), next: nil))
            note(key, isEnd: true) { _ in }
        }
    }

    /// Claims a key, or waits for its outcome, or takes over whose lease is over; gives the record if it is let in.
    func claim(_ key: Int, as owner: Owner, in store: ServerTiers) async throws -> Record? {
        var reply = try await store.persisting(.claim(.test(key), owner, lease: Self.lease))
        for _ in 0..<4000 {
            let record = try #require(reply.record)
            if let bytes = record.outcomeBytes {
                note(key, isEnd: true) { $0.outcomes.insert(bytes) }
                return nil
            }
            if record.owner == owner {
                note(key) { $0.fences.append(record.fence) }
                return record
            }
            if record.hasLiveLease(at: reply.now) {
                try await Task.sleep(for: .milliseconds(5))
                reply = try await store.persisting(.claim(.test(key), owner, lease: Self.lease))
            } else {
                let draft = Draft(takingOver: record, owner: owner, lease: Self.lease)
                let expected = Expectation.unrenewed(record.owner, renewals: record.renewals)
                reply = try await store.persisting(Exchange(.test(key), expecting: expected, next: draft))
            }
        }
        Issue.record("Nobody ends key \(key).")
        return nil
    }

    /// Ends an attempt with an outcome that no other attempt has.
    func end(_ key: Int, _ record: Record, in store: ServerTiers) async throws {
        let bytes = Array("\(record.owner)".utf8)
        for _ in 0..<4000 {
            let reply = try await store.persisting(.complete(.test(key), record, bytes))
            guard let told = reply.record?.outcomeBytes else {
                // It was overtaken; whoever did that is about to end.
                try await Task.sleep(for: .milliseconds(5))
                continue
            }
            // If the first answer was lost, the repetition finds the outcome of its own.
            return note(key, isEnd: true) {
                $0.outcomes.insert(told)
                if reply.isStored || told == bytes { $0.ended.insert(record.owner) }
            }
        }
        Issue.record("Nobody ends key \(key).")
    }

    private func note(_ key: Int, isEnd: Bool = false, _ change: (inout Told) -> Void) {
        state.withLock { state in
            change(&state.keys[key, default: Told()])
            if isEnd { state.ended += 1 }
        }
    }
}

extension TieredStore {
    /// Asks again until there is a reply, for some seconds.
    func persisting(_ exchange: Exchange) async throws -> ExchangeReply {
        for _ in 0..<400 {
            do throws(StoreError) {
                return try await self.exchange(exchange)
            } catch {
                try await Task.sleep(for: .milliseconds(50))
            }
        }
        return try await self.exchange(exchange)
    }
}
