import Dispatch

/// How a `FaultyStore` lets time pass for a delayed call.
public struct FaultTimer: Sendable {
    let sleep: @Sendable (Duration) async throws -> Void
    let schedule: @Sendable (Duration, @escaping @Sendable () -> Void) -> Void

    /// Real time.
    public static let real = FaultTimer(
        sleep: { try await Task.sleep(for: $0) },
        schedule: { duration, body in
            let seconds = Double(duration.components.seconds) + Double(duration.components.attoseconds) * 1e-18
            DispatchQueue.global().asyncAfter(deadline: .now() + seconds, execute: body)
        })

    /// The time of a clock that the test moves.
    public static func manual(_ clock: ManualClock) -> FaultTimer {
        FaultTimer(sleep: { try await clock.sleep(for: $0) }, schedule: { clock.schedule(after: $0, $1) })
    }
}
