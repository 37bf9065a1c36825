/// Holds back the reads of a channel while nobody can take what would come.
struct ReadGate {
    /// Whether reads are held back.
    private(set) var isHeld = false
    private var isPending = false

    /// Asks whether a read may go on; remembers it if not.
    mutating func mayRead() -> Bool {
        if isHeld { isPending = true }
        return !isHeld
    }

    /// Holds reads back or lets them go on; tells whether one is due now.
    mutating func hold(_ hold: Bool) -> Bool {
        isHeld = hold
        guard !hold, isPending else { return false }
        isPending = false
        return true
    }
}
