import ArgumentParser
import IdempotencyAdmin
import OnceTools

/// Which record is meant.
struct RecordArguments: ParsableArguments {
    @Argument(help: "The record id, or at least its first 8 digits.")
    var id: String?

    @Option(help: "The key as its caller sent it, in place of an id.")
    var key: String?

    @Option(
        help: ArgumentHelp("With --key: the parts of its scope, or the scope as listings show it.", valueName: "scope"))
    var scope: [String] = []

    /// The record that is meant.
    var selector: RecordSelector {
        get throws { try QueryText.selector(id: id, key: key, scope: scope) }
    }
}
