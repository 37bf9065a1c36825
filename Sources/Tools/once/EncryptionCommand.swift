import ArgumentParser

/// `once encryption`: makes and changes the file of encryption keys.
struct EncryptionCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "encryption",
        abstract: "Makes and changes the file of keys that records are encrypted with.",
        discussion: "Gateways read the file at start and at SIGHUP. 'once keys rotate' encrypts records anew.",
        subcommands: [
            EncryptionGenerateCommand.self, EncryptionListCommand.self, EncryptionRemoveCommand.self,
            EncryptionShredCommand.self,
        ])
}
