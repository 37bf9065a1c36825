import Synchronization

/// Carries the result of a check out of the closure that had the store.
final class ResultBox: Sendable {
    let value = Mutex<ConformanceResult?>(nil)
}
