/// A door in an operation: the test sees that somebody has come to it, and opens it.
struct Door: Sendable {
    private let arrivals = AsyncStream.makeStream(of: Void.self)
    private let openings = AsyncStream.makeStream(of: Void.self)

    /// Waits until the door is open.
    ///
    /// - Throws: `CancellationError` when the task is cancelled meanwhile.
    func pass() async throws {
        arrivals.continuation.yield()
        for await _ in openings.stream {}
        try Task.checkCancellation()
    }

    /// Waits until somebody has come to the door.
    func arrival() async {
        for await _ in arrivals.stream { return }
    }

    /// Opens the door for good.
    func open() {
        openings.continuation.finish()
    }
}
