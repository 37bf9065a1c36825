/// Holds handlers until the test lets them go on, and tells when one has come.
final class Gate: Sendable {
    private let (arrivals, arrival) = AsyncStream<Void>.makeStream()
    private let (openings, opening) = AsyncStream<Never>.makeStream()

    /// The handler's side: waits for `open()`.
    func pass() async {
        arrival.yield()
        for await _ in openings {}
    }

    /// The test's side: waits until a handler has come.
    func arrived() async {
        for await _ in arrivals { return }
    }

    /// Lets everyone through, from now on.
    func open() {
        opening.finish()
    }
}
