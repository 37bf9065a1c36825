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

    let body: @Sendable (Trial) async throws -> Void

    init(_ name: String, needs abilities: Ability..., body: @escaping @Sendable (Trial) async throws -> Void) {
        self.name = name
        self.abilities = Set(abilities)
        self.body = body
    }

    /// The name.
    public var id: String { name }

    /// The name.
    public var description: String { name }
}
