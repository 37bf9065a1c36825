import Synchronization

/// A call that is under way: its caller may hang up, and is told something in the end.
final class Call: Sendable {
    private final class Ear: Sendable {
        let told = Mutex<Told?>(nil)
    }

    private let ear: Ear
    private let task: Task<Void, Never>

    /// Calls.
    init(_ call: @escaping @Sendable () async -> Told) {
        let ear = Ear()
        self.ear = ear
        task = Task {
            let told = await call()
            ear.told.withLock { $0 = told }
        }
    }

    /// The caller leaves.
    func hangUp() {
        task.cancel()
    }

    /// Waits for what the caller is told, which must be soon.
    ///
    /// - Parameter meanwhile: What happens again and again until then.
    func answer(_ meanwhile: () -> Void = {}) async throws -> Told {
        try await eventually("an answer") {
            meanwhile()
            return ear.told.withLock { $0 != nil }
        }
        return ear.told.withLock { $0 ?? .nothing }
    }
}
