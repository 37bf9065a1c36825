import Foundation
package import Idempotency
package import IdempotencyTestKit
import Synchronization

/// A store as another process has opened it: exchanges go there as lines, and come back as soon as they are answered,
/// in any order.
package final class RemoteStore: RecordStore {
    private typealias Continuation = CheckedContinuation<Result<ExchangeReply, StoreError>, Never>

    private struct State {
        var waiting: [Int: Continuation] = [:]
        var last = 0
        var hasEnded = false
    }

    private let peer: Peer
    private let state = Mutex(State())

    private init(_ peer: Peer) {
        self.peer = peer
    }

    /// Has another process open a store as long as `body` runs.
    package static func use<Value>(_ url: String, _ body: (RemoteStore) async throws -> Value) async throws -> Value {
        let store = RemoteStore(try Peer("serve", url))
        async let end: Void = store.listen()
        let result: Result<Value, any Error>
        do {
            result = .success(try await body(store))
        } catch {
            result = .failure(error)
        }
        await store.peer.finish()
        await end
        return try result.get()
    }

    package func exchange(_ exchange: Exchange) async throws(StoreError) -> ExchangeReply {
        let result = await withCheckedContinuation { (continuation: Continuation) in
            let number: Int? = state.withLock { state in
                if state.hasEnded { return nil }
                state.last += 1
                state.waiting[state.last] = continuation
                return state.last
            }
            guard let number else { return continuation.resume(returning: .failure(Self.gone)) }
            peer.say(Self.line(ExchangeMessage(number, exchange)))
        }
        return try result.get()
    }

    private func listen() async {
        while let line = await peer.line() {
            guard let reply = try? JSONDecoder().decode(ReplyMessage.self, from: Data(line.utf8)) else { break }
            state.withLock { $0.waiting.removeValue(forKey: reply.number) }?.resume(returning: reply.result)
        }
        let waiting = state.withLock { state in
            state.hasEnded = true
            defer { state.waiting = [:] }
            return state.waiting.values
        }
        for continuation in waiting { continuation.resume(returning: .failure(Self.gone)) }
    }

    /// Carries out the exchanges that come as lines; what a process does for others. Returns when no more come.
    package static func serve(_ store: any RecordStore, say: @escaping @Sendable (String) -> Void) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for await line in input() {
                let message = try JSONDecoder().decode(ExchangeMessage.self, from: Data(line.utf8))
                group.addTask { say(Self.line(await Self.answer(message, by: store))) }
            }
        }
    }

    /// The lines of the standard input, read on a thread that may be blocked.
    private static func input() -> AsyncStream<String> {
        let (lines, entry) = AsyncStream<String>.makeStream()
        Thread {
            while let line = readLine() { entry.yield(line) }
            entry.finish()
        }.start()
        return lines
    }

    private static func answer(_ message: ExchangeMessage, by store: any RecordStore) async -> ReplyMessage {
        do throws(StoreError) {
            return ReplyMessage(message.number, .success(try await store.exchange(message.exchange)))
        } catch {
            return ReplyMessage(message.number, .failure(error))
        }
    }

    private static func line(_ message: some Encodable) -> String {
        do {
            return String(decoding: try JSONEncoder().encode(message), as: UTF8.self)
        } catch {
            preconditionFailure("numbers and bytes can be encoded: \(error)")
        }
    }

    /// The checks that are about callers of several instances, and that such a store can take part in.
    package static let checks = StoreConformance.checks.filter {
        $0.spansInstances && !$0.abilities.contains(.submitting)
    }

    private static let gone = StoreError(.unavailable, "The other process has ended.", effect: .unknown)
}
