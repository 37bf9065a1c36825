import Dispatch
import IdempotencyTestKit

/// One exploration at a time, off the threads that all other tests share.
private let explorations = DispatchQueue(label: "idempotency.explorations", qos: .utility)

func explore(_ system: ProtocolSystem) async -> Exploration {
    await withCheckedContinuation { continuation in
        explorations.async {
            continuation.resume(returning: Explorer(system, stateLimit: 5_000_000).explore())
        }
    }
}
