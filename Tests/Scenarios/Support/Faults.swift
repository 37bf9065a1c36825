import Idempotency
import IdempotencyTestKit
import Synchronization

extension FaultPlan {
    /// The first completions go wrong as written, one entry for each; everything else goes well.
    static func completions(_ faults: StoreFault?...) -> FaultPlan {
        let faults = Mutex(faults)
        return FaultPlan { _, exchange in
            guard exchange?.isCompletion == true else { return nil }
            return faults.withLock { $0.isEmpty ? nil : $0.removeFirst() }
        }
    }

    /// Every renewal goes wrong in this way; everything else goes well.
    static func renewals(_ fault: StoreFault) -> FaultPlan {
        FaultPlan { _, exchange in exchange?.isRenewal == true ? fault : nil }
    }
}

extension Exchange {
    /// Whether it records an outcome.
    var isCompletion: Bool {
        if case .completed = next?.state { true } else { false }
    }

    /// Whether it goes on holding a key.
    var isRenewal: Bool {
        if case .running = next?.state { next?.fence != nil } else { false }
    }
}
