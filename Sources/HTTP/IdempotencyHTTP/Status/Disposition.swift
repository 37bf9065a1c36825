/// What an answer means for its key.
public enum Disposition: String, Hashable, Sendable, CaseIterable {
    /// It is the outcome: store it and give it to every retry.
    case store
    /// The request was refused before it was executed: free the key.
    case release
    /// It does not tell whether the request took effect: the key is in doubt.
    case inDoubt = "in-doubt"
}
