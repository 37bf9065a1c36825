import ArgumentParser
import Foundation
import IdempotencyEncrypted

/// `once encryption generate`.
struct EncryptionGenerateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "generate",
        abstract: "Adds a random key to the file, or makes the file, and makes the key the active one.")

    @OptionGroup var place: EncryptionFileArgument

    @Option(help: "The id of the key. Default: the time, like 20261128T031500Z.")
    var id: String?

    func run() async throws {
        let id = id ?? Self.time
        let file = place.keyFile
        if FileManager.default.fileExists(atPath: file.path) {
            try file.change { keys throws(EncryptionKeyError) in try keys.generate(id) }
            Output.write(
                "\(file.path) has a new key, \(id), which is active now. Have every gateway read it (SIGHUP), then run "
                    + "'once keys rotate'.\n")
        } else {
            try file.create(try EncryptionKeys(generating: id))
            Output.write(
                "Made \(file.path) with the key \(id). Keep a copy in a safe place: without it the records are lost.\n")
        }
    }

    private static var time: String {
        let style = Date.ISO8601FormatStyle(dateSeparator: .omitted, timeSeparator: .omitted)
        return Date.now.formatted(style)
    }
}
