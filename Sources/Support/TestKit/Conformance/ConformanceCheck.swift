/// One thing that every store must do: a member of `StoreConformance.checks`.
public struct ConformanceCheck: Sendable, Identifiable, CustomStringConvertible {
    /// What a store must be able to do, beyond `exchange`, for a check to make sense.
    public enum Ability: String, Hashable, Sendable {
        /// `SubmittingStore`
        case submitting
        /// `ListingStore`
        case listing
        /// `SweepingStore`
        case sweeping
        /// `RewritingStore`
        case rewriting
    }

    /// What must hold, as a sentence.
    public let name: String
    /// Without one of these the check is skipped.
    public let abilities: Set<Ability>

    /// Whether it is about callers of several instances; a check that is not uses the first instance only.
    public let spansInstances: Bool

    let body: @Sendable (Trial) async throws -> Void

    init(
        _ name: String, needs abilities: Ability..., spansInstances: Bool = false,
        body: @escaping @Sendable (Trial) async throws -> Void
    ) {
        self.name = name
        self.abilities = Set(abilities)
        self.spansInstances = spansInstances
        self.body = body
    }

    /// The name.
    public var id: String { name }

    /// The name.
    public var description: String { name }
}
