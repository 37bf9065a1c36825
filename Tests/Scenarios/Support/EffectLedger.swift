import Idempotency
import Synchronization

/// The system behind the operation, which counts its effects. It refuses an attempt whose fence is older than one that
/// it has seen, as such a system should.
final class EffectLedger: Sendable {
    /// The attempt was overtaken; it had no effect.
    struct StaleFence: Error {}

    private let fences = Mutex<[Fence]>([])

    /// Takes effect once more, and gives the receipt.
    func append(_ fence: Fence) throws -> String {
        try fences.withLock { fences in
            if let last = fences.max(), fence < last { throw StaleFence() }
            fences.append(fence)
            return Self.receipt(fence.number)
        }
    }

    /// The fences under which it took effect, in order.
    var effects: [UInt64] { fences.withLock { $0.map(\.number) } }

    /// What an effect under this fence gave.
    static func receipt(_ fence: UInt64) -> String { "receipt-\(fence)" }
}
