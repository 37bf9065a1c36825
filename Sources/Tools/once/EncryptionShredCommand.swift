import ArgumentParser
import IdempotencyEncrypted

/// `once encryption shred`.
struct EncryptionShredCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "shred",
        abstract: "Makes all records of a scope unreadable for ever, in the store and in every copy of it.",
        discussion: """
            What makes them readable is taken out of the file of keys. It is final only when no older copy of that \
            file is left. Their keys still run nothing; retries are told that the answer was erased.
            """)

    @OptionGroup var place: EncryptionFileArgument

    @Option(help: ArgumentHelp("The scope, as listings show it.", valueName: "scope"))
    var scope: String

    @Flag(help: "Yes, for ever.")
    var yes = false

    func run() async throws {
        guard yes else {
            throw ValidationError("Nothing brings the records of a shredded scope back; say --yes if you mean it.")
        }
        let file = place.keyFile
        let isChanged = try file.change { keys throws(EncryptionKeyError) in keys.shred(scope: scope) }
        Output.write(
            isChanged
                ? "The scope is shredded. Have every gateway read \(file.path) (SIGHUP), and destroy older copies.\n"
                : "The scope was shredded before.\n")
    }
}
