import Synchronization

/// Whether a tick waits for its event loop: a loop that is late gets no heap of them.
final class TickFlag: Sendable {
    private let isUp = Atomic(false)

    /// Puts it up; tells whether it was down.
    func raise() -> Bool { !isUp.exchange(true, ordering: .relaxed) }

    /// Takes it down.
    func lower() { isUp.store(false, ordering: .relaxed) }
}
