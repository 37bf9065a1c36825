package import Idempotency

extension Draft {
    /// The bytes of the parts that have no fixed size.
    package var size: Int {
        var size = checkpoint.count + label.key.utf8.count + label.scope.utf8.count + label.operation.utf8.count
        if case .completed(let outcome, _) = state { size += outcome.bytes.count }
        return size
    }
}
