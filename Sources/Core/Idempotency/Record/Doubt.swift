/// Why nobody knows whether an attempt took effect.
public enum Doubt: UInt8, Hashable, Sendable, CaseIterable {
    /// The attempt's lease ran out and it was not heard of again: a crash, a pause, a lost machine.
    case leaseLapsed = 0
    /// The operation ended in a way that does not tell: an unclassified error, a broken connection, a time-out.
    case unknownEnd = 1
    /// The operation ended and its outcome could not be written.
    case unrecorded = 2
    /// The reconciliation was asked and could not tell either.
    case reconcileUnknown = 3
    /// The process that ran the attempt was shut down before the attempt ended.
    case shutDown = 4
}
