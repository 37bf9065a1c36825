import ArgumentParser
import IdempotencyEncrypted

/// `once encryption remove`.
struct EncryptionRemoveCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove",
        abstract: "Takes a key out of the file.",
        discussion: "Records that were encrypted with it can never be read again; 'once keys rotate' tells whether "
            + "there are any.")

    @OptionGroup var place: EncryptionFileArgument

    @Option(help: "The id of the key.")
    var id: String

    func run() async throws {
        let file = place.keyFile
        try file.change { keys throws(EncryptionKeyError) in try keys.remove(id) }
        Output.write("\(file.path) no longer has the key \(id). Have every gateway read it (SIGHUP).\n")
    }
}
