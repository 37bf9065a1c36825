import Synchronization
import Testing

/// Keeps replies back until the test releases them.
///
/// A gateway that gives an upstream up soon may do so before the upstream has come to read the request; so whoever
/// wants a reply here waits until it was kept.
final class Gate: Sendable {
    private let replies = Mutex([TestUpstream.Reply]())

    func keep(_ reply: TestUpstream.Reply) { replies.withLock { $0.append(reply) } }

    /// The way back to whoever sent the request of this number, from 0.
    func reply(_ index: Int = 0, sourceLocation: SourceLocation = #_sourceLocation) async throws -> TestUpstream.Reply {
        try await poll(sourceLocation: sourceLocation) { replies.withLock { $0.count > index } }
        return replies.withLock { $0[index] }
    }

    /// Answers the request of this number, from 0.
    func open(
        _ index: Int = 0, _ status: Int = 200, _ headers: [(String, String)] = [], _ body: String = "done",
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        try await reply(index, sourceLocation: sourceLocation).answer(status, headers, body)
    }
}
