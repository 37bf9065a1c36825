/// What is to happen to an attempt that was interrupted: a crash, a lost lease, an error that nobody classified.
///
/// There is no default: only who knows the operation can tell whether it is safe to repeat.
public struct Interrupted: Sendable {
    /// Answers what became of an interrupted attempt; gets the attempt that asks.
    public typealias Reconcile = @Sendable (Attempt) async throws -> Reconciliation

    package let rule: InterruptedRule
    package let reconcile: Reconcile?

    /// Run it again: the operation is safe to repeat, because it passes derived keys on or checks first.
    public static let rerun = Interrupted(rule: .rerun, reconcile: nil)

    /// Leave it in doubt until it is settled by an operator, or by the attempt itself when it comes back.
    public static let hold = Interrupted(rule: .hold, reconcile: nil)

    /// Ask what became of it. The asking attempt has taken the key over first, so that only one asks. If `ask` throws,
    /// this caller is told *in doubt* and the next one asks again; if it answers `unknown`, the key is in doubt until
    /// it is settled.
    public static func reconcile(_ ask: @escaping Reconcile) -> Interrupted {
        Interrupted(rule: .reconcile, reconcile: ask)
    }
}

/// What became of an interrupted attempt.
public enum Reconciliation: Sendable {
    /// It took effect, and this is its outcome.
    case tookEffect(Outcome)
    /// It did nothing; the operation may run.
    case didNothing
    /// Nobody can tell; it is in doubt.
    case unknown

    /// It took effect and this is what it would have returned; encoded as `perform` encodes results.
    ///
    /// - Throws: What the encoder throws.
    public static func tookEffect(returning value: some Encodable) throws -> Reconciliation {
        .tookEffect(Outcome(.success, try OutcomeCoding.encode(value)))
    }
}
